import type { WatchedMachine } from '../database/observing.js';
import type { FlyMachine, FlyVolume } from '../fly/wire.js';

type Seen = Pick<WatchedMachine, 'fly_state' | 'volume_id' | 'missing_looks'>;
type Reported = Pick<FlyMachine, 'state' | 'config'>;

/** Whether what a list says of a machine gives a reason to ask for it by its id. A list by itself changes nothing. */
export function isWorthAsking(row: Seen, listed: Reported | undefined): boolean {
  if (!listed || row.missing_looks > 0) return true;
  return listed.state !== row.fly_state || migratedVolume(row, listed) !== undefined;
}

/** The volume that a machine's config names, if it is not the one that its row knows: a migration gives it a new id. */
export function migratedVolume(row: Pick<Seen, 'volume_id'>, machine: Pick<FlyMachine, 'config'>): string | undefined {
  const mounted = machine.config?.mounts?.[0]?.volume;
  return mounted === row.volume_id ? undefined : mounted;
}

/** Fly answers for a destroyed machine for a while; it will never run again. */
export function isDestroyed(machine: Pick<FlyMachine, 'state'>): boolean {
  return machine.state === 'destroyed';
}

/**
 * A volume that may hold a gone machine's data under another id, since Fly had migrated it: of the same name, of which
 * there is no other.
 */
export function candidateOf(
  row: Pick<WatchedMachine, 'volume_id' | 'volume_name'>,
  listed: readonly FlyVolume[],
): FlyVolume | 'several' | undefined {
  const [found, ...others] = listed.filter(({ id, name }) => name === row.volume_name && id !== row.volume_id);
  return others.length > 0 ? 'several' : found;
}
