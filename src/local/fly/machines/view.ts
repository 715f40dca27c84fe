import { createHash } from 'node:crypto';
import type { FlyMachine } from '../../../sdk/fly/wire.js';
import type { MachineConfig } from './config/schema.js';
import type { Lease } from './lease.js';
import type { MachineSight } from './sight.js';

/** The machine object carries only the last few of its events. */
const shownEvents = 5;

export interface ViewOptions {
  /** Leaves out what is large. */
  readonly summary?: boolean;
  readonly withLease?: boolean;
  /** Of a lease that was taken with this very request. */
  readonly nonce?: string;
}

type MachineView = Omit<FlyMachine, 'config'> & Readonly<Record<string, unknown>>;

/** A machine on the wire. Source: fly.io/docs/machines/api/machines-resource. */
export function viewMachine(machine: MachineSight, options: ViewOptions = {}): MachineView {
  const { record, lease } = machine;
  const held = options.withLease === true ? lease.current : undefined;
  return {
    ...viewRecord(record),
    ...(held === undefined ? {} : { lease: viewLease(held, record.version) }),
    ...(options.summary === true ? {} : viewDetails(machine)),
    ...(options.summary === true || options.nonce === undefined ? {} : { nonce: options.nonce }),
  };
}

export function viewLease(lease: Lease, version: string): Readonly<Record<string, unknown>> {
  const { nonce, owner, description, expiresAtMs } = lease;
  return { nonce, owner, description, version, expires_at: Math.floor(expiresAtMs / 1000) };
}

function viewRecord(record: MachineSight['record']): Omit<FlyMachine, 'config'> & Readonly<Record<string, unknown>> {
  return {
    id: record.identity.id,
    name: record.identity.name,
    state: record.state,
    region: record.identity.region,
    instance_id: record.version,
    version: record.version,
    private_ip: record.privateIp,
    image_ref: imageRef(record.config.image),
    cordoned: record.cordoned,
    created_at: new Date(record.createdAtMs).toISOString(),
    updated_at: new Date(record.updatedAtMs).toISOString(),
  };
}

/** The whole config is on the host. Source: fly.io/docs/apps/trouble-host-unavailable. */
function viewDetails({ record, host, checks }: MachineSight): Readonly<Record<string, unknown>> {
  const events = record.events.newestFirst.slice(0, shownEvents);
  if (host.reachable) return { config: record.config, events, checks: checks.statuses, host_status: 'ok' };
  return { incomplete_config: incompleteOf(record.config), events, checks: [], host_status: 'unreachable' };
}

function incompleteOf({ image, guest, metadata }: MachineConfig): Readonly<Record<string, unknown>> {
  return { image, guest, ...(metadata === undefined ? {} : { metadata }) };
}

/** The parts of an image's name; the registry is the vendor's mirror when the name is one of Docker Hub. */
function imageRef(image: string): Readonly<Record<string, unknown>> {
  const [named = '', digest = pretendedDigest(image)] = image.split('@');
  const slash = named.indexOf('/');
  const hasRegistry = slash > 0 && /[.:]|^localhost$/.test(named.slice(0, slash));
  const path = hasRegistry ? named.slice(slash + 1) : named;
  const [repository = '', tag = 'latest'] = path.split(':');
  if (hasRegistry) return { registry: named.slice(0, slash), repository, tag, digest, labels: {} };
  const official = repository.includes('/') ? repository : `library/${repository}`;
  return { registry: 'docker-hub-mirror.fly.io', repository: official, tag, digest, labels: {} };
}

/** Fly looks it up; nothing is looked up here, and the same name always has the same. */
function pretendedDigest(image: string): string {
  return `sha256:${createHash('sha256').update(image).digest('hex')}`;
}
