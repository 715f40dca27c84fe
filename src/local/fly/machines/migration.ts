import type { Host, Hosts } from '../hosts/hosts.js';
import type { Volumes } from '../volumes/volumes.js';
import type { Machine, MovedData } from './machine.js';
import type { MachineRecord } from './record.js';

/**
 * What Fly does when it empties a host: the machine stops, its volume is copied to another host of the region under a
 * new id, and it starts again if it ran. Source: fly.io/docs/reference/machine-migration.
 *
 * @throws when there is no other host; FlyRefusal 412 when something is under way
 */
export function migrate(machine: Machine, hosts: Hosts, volumes: Volumes): void {
  const { host, record } = machine;
  const target = hosts.place(host.region, (other) => other.id !== host.id);
  if (target === undefined)
    throw new Error(`No other host of ${host.region} has room for machine ${record.identity.id}.`);
  machine.migrate(() => moveData(record, target, volumes));
}

/** The copy of the volume says which host it has found. */
async function moveData({ config }: MachineRecord, target: Host, volumes: Volumes): Promise<MovedData> {
  const [mount, ...others] = config.mounts ?? [];
  if (mount === undefined) return { host: target.id, config };
  const { id: volume, host } = await volumes.migrate(mount.volume);
  return { host, config: { ...config, mounts: [{ ...mount, volume }, ...others] } };
}
