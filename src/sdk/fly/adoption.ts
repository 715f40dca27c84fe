import type { FlyCreateVolume, FlyMachine, FlyVolume } from './wire.js';

/** The metadata key that holds the id of our row: only with it is a machine known to be the one we asked for. */
export const machineMark = 'valet_machine';

export type Adoption<T> =
  | { readonly kind: 'adopt'; readonly found: T }
  /** Somebody else's, or more than one: never ours to take. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unknown' };

export type Proof =
  /** It carries this mark. */
  | { readonly kind: 'mark'; readonly mark: string }
  /** Its name was made for this one call, of randomness. */
  | { readonly kind: 'own_name' }
  /** Whoever chose the name has to know. */
  | { readonly kind: 'none' };

const goneMachineStates: readonly string[] = ['destroying', 'destroyed'];

/** Whether what holds the wanted name is what our create made. */
export function decideMachineAdoption(name: string, proof: Proof, seen: readonly FlyMachine[]): Adoption<FlyMachine> {
  const named = seen.filter((machine) => machine.name === name && !goneMachineStates.includes(machine.state));
  const [found, ...others] = named;
  if (found === undefined || proof.kind === 'none') return { kind: 'unknown' };
  if (others.length > 0) return { kind: 'foreign' };
  if (proof.kind === 'own_name') return { kind: 'adopt', found };
  // Without a reachable host Fly leaves the config out, and with it the proof.
  if (found.config === undefined) return { kind: 'unknown' };
  return found.config.metadata?.[machineMark] === proof.mark ? { kind: 'adopt', found } : { kind: 'foreign' };
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

/** Whether Fly says of a volume that it is gone or going: one that was deleted is answered for a while. */
export function isVolumeGone(volume: Pick<FlyVolume, 'state'>): boolean {
  return goneVolumeStates.includes(volume.state);
}

/**
 * Volumes carry no metadata, and a name is only a label: what our create made is as it was ordered, and no machine has
 * it yet. Only a name that is used once makes sure.
 */
export function decideVolumeAdoption(
  { name, region, size_gb }: FlyCreateVolume,
  seen: readonly FlyVolume[],
): Adoption<FlyVolume> {
  const [found, ...others] = seen.filter(
    (volume) =>
      volume.name === name &&
      volume.region === region &&
      volume.size_gb === size_gb &&
      volume.attached_machine_id === null &&
      !isVolumeGone(volume),
  );
  if (found === undefined) return { kind: 'unknown' };
  return others.length === 0 ? { kind: 'adopt', found } : { kind: 'foreign' };
}
