import type { FlyMachine } from '../../../sdk/fly/wire.js';
import type { MachineRecord } from './record.js';

/** The machine object carries only the last few of its events. */
const shownEvents = 5;

/** A machine on the wire. `summary` leaves out what is large. Source: fly.io/docs/machines/api/machines-resource. */
export function viewMachine(
  record: MachineRecord,
  options: { readonly summary: boolean } = { summary: false },
): FlyMachine & Readonly<Record<string, unknown>> {
  const view = {
    id: record.identity.id,
    name: record.identity.name,
    state: record.state,
    region: record.identity.region,
    instance_id: record.version,
    version: record.version,
    private_ip: record.privateIp,
    image_ref: imageRef(record.config.image),
    created_at: new Date(record.createdAtMs).toISOString(),
    updated_at: new Date(record.updatedAtMs).toISOString(),
  };
  if (options.summary) return view;
  const events = record.events.newestFirst.slice(0, shownEvents);
  return { ...view, config: record.config, events, checks: [], host_status: 'ok' };
}

/** The parts of an image's name; the registry is Docker Hub when the first part is no host name. */
function imageRef(image: string): Readonly<Record<string, unknown>> {
  const [named = '', digest = ''] = image.split('@');
  const slash = named.indexOf('/');
  const hasRegistry = slash > 0 && /[.:]|^localhost$/.test(named.slice(0, slash));
  const path = hasRegistry ? named.slice(slash + 1) : named;
  const [repository, tag = 'latest'] = path.split(':');
  const registry = hasRegistry ? named.slice(0, slash) : 'docker-hub-mirror.fly.io';
  return { registry, repository, tag, digest, labels: {} };
}
