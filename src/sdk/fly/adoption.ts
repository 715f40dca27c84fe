import type { FlyCreateMachine, FlyMachine, FlyVolume } from './wire.js';

/** The metadata key that holds the id of our row: only with it is a machine known to be the one we asked for. */
export const machineMark = 'valet_machine';

export type Adoption<T> =
  | { readonly kind: 'adopt'; readonly found: T }
  /** Somebody else's, or more than one: never ours to take. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unknown' };

const goneMachineStates: readonly string[] = ['destroying', 'destroyed'];

/** Whether what holds the wanted name is what our create made. */
export function decideMachineAdoption(wanted: FlyCreateMachine, seen: readonly FlyMachine[]): Adoption<FlyMachine> {
  const mark = wanted.config.metadata?.[machineMark];
  const named = seen.filter((machine) => machine.name === wanted.name && !goneMachineStates.includes(machine.state));
  const [found, ...others] = named;
  if (found === undefined) return { kind: 'unknown' };
  // Without a reachable host Fly leaves the config out, and with it the proof.
  if (found.config === undefined) return { kind: 'unknown' };
  const isOurs = mark !== undefined && found.config.metadata?.[machineMark] === mark && others.length === 0;
  return isOurs ? { kind: 'adopt', found } : { kind: 'foreign' };
}

/** Deleted volumes stay listed for a day. Source: fly.io/docs/volumes/volume-states. */
const goneVolumeStates: readonly string[] = [
  'scheduling_destroy',
  'pending_destroy',
  'fork_cleanup',
  'waiting_for_detach',
  'destroying',
  'destroyed',
];

export function isVolumeGone(volume: Pick<FlyVolume, 'state'>): boolean {
  return goneVolumeStates.includes(volume.state);
}

/** Volumes carry no metadata; our names are made for one row and never used again, so the name is the mark. */
export function decideVolumeAdoption(name: string, seen: readonly FlyVolume[]): Adoption<FlyVolume> {
  const [found, ...others] = seen.filter((volume) => volume.name === name && !isVolumeGone(volume));
  if (found === undefined) return { kind: 'unknown' };
  return others.length === 0 ? { kind: 'adopt', found } : { kind: 'foreign' };
}
