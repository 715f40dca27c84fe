import type { FlyMachine, FlyVolume } from '../fly/wire.js';

/** A row as far as it can account for something that Fly has. */
export interface OwnRow {
  readonly id: string;
  readonly name: string;
  readonly volume_name: string | null;
  readonly fly_id: string | null;
  readonly volume_id: string | null;
  readonly state: 'provisioning' | 'ready' | 'assigned' | 'retiring' | 'retired';
  readonly project_id: string | null;
  readonly machine_gone: boolean;
  readonly volume_gone: boolean;
  /** A project has used it, and it is not known that this data is safe elsewhere. */
  readonly holds_data: boolean;
}

/** What a machine or a volume with our stamp is to us. */
export type OrphanVerdict =
  | { readonly kind: 'known' }
  /** Attached, or in a state that ends by itself. */
  | { readonly kind: 'left_alone' }
  /** Its row took it for gone. */
  | { readonly kind: 'returned'; readonly row: OwnRow; readonly detail: string }
  /** A volume beside the one that its row has: made by a create whose answer was lost, or left behind by a migration. */
  | { readonly kind: 'spare'; readonly row: OwnRow; readonly detail: string }
  | { readonly kind: 'unaccounted'; readonly row: OwnRow | undefined; readonly detail: string };

const known: OrphanVerdict = { kind: 'known' };
const leftAlone: OrphanVerdict = { kind: 'left_alone' };

/**
 * All that Fly listed and all rows that may have to do with it. A list proves presence alone, so no verdict rests on
 * something being absent from it.
 */
export class Belongings {
  readonly #rows: Readonly<Record<RowKey, ReadonlyMap<string, OwnRow>>>;
  readonly #machines: ReadonlyMap<string, FlyMachine>;
  readonly #mounted: ReadonlySet<string>;
  /** Those whose data is all there: one that a migration is still filling reads from the one that it came from. */
  readonly #whole: ReadonlySet<string>;

  /** Every machine and volume of the app, not only ours. */
  constructor(rows: readonly OwnRow[], machines: readonly FlyMachine[], volumes: readonly FlyVolume[]) {
    this.#rows = {
      id: rowsBy(rows, 'id'),
      name: rowsBy(rows, 'name'),
      fly_id: rowsBy(rows, 'fly_id'),
      volume_id: rowsBy(rows, 'volume_id'),
      volume_name: rowsBy(rows, 'volume_name'),
    };
    this.#machines = new Map(machines.map((machine) => [machine.id, machine]));
    this.#mounted = new Set(machines.flatMap(mountsOf));
    this.#whole = new Set(volumes.filter(isQuiet).map(({ id }) => id));
  }

  judgeMachine(machine: FlyMachine): OrphanVerdict {
    const verdict = this.#machineVerdict(machine);
    return verdict.kind === 'known' || isResting(machine) ? verdict : leftAlone;
  }

  judgeVolume(volume: FlyVolume): OrphanVerdict {
    if (volume.attached_machine_id !== null || this.#mounted.has(volume.id)) return leftAlone;
    const verdict = this.#volumeVerdict(volume);
    return verdict.kind === 'known' || isQuiet(volume) ? verdict : leftAlone;
  }

  #machineVerdict(machine: FlyMachine): OrphanVerdict {
    const mark = machine.config?.metadata?.valet_machine;
    const row = this.#rows.fly_id.get(machine.id) ?? this.#rows.id.get(mark ?? '') ?? this.#rows.name.get(machine.name);
    if (!row) return { kind: 'unaccounted', row, detail: 'no row knows it' };
    // A clone carries the mark of its original, under another name.
    const isOwn = row.fly_id === machine.id || (row.fly_id === null && row.id === mark && row.name === machine.name);
    if (!isOwn) return { kind: 'unaccounted', row, detail: `it resembles row ${row.id}, whose machine is another` };
    return hasGone(row, row.machine_gone) ? backAgain(row) : known;
  }

  #volumeVerdict(volume: FlyVolume): OrphanVerdict {
    const row = this.#rows.volume_id.get(volume.id) ?? this.#rows.volume_name.get(volume.name);
    if (!row) return { kind: 'unaccounted', row, detail: 'no row knows it' };
    const isPast = hasGone(row, row.volume_gone);
    if (row.volume_id === volume.id || row.volume_id === null) return isPast ? backAgain(row) : known;
    if (isPast) return row.holds_data ? mayHoldData(row) : spare(row);
    // Only a machine that is seen to use another volume, which is whole, shows that this one is not the row's.
    return this.#usesAnother(row, volume) ? spare(row) : known;
  }

  #usesAnother({ fly_id, state }: OwnRow, volume: FlyVolume): boolean {
    const machine = this.#machines.get(fly_id ?? '');
    if (machine === undefined || (state !== 'ready' && state !== 'assigned')) return false;
    const mounts = mountsOf(machine);
    return mounts.length > 0 && !mounts.includes(volume.id) && mounts.every((id) => this.#whole.has(id));
  }
}

/** In which a machine stays until something is done to it; in any other, known or not, it is left alone. */
const restingStates: readonly string[] = ['created', 'started', 'stopped', 'suspended', 'failed'];

export function isResting(machine: Pick<FlyMachine, 'state'>): boolean {
  return restingStates.includes(machine.state);
}

/** Not being made, filled, moved, extended or deleted. */
export function isQuiet(volume: Pick<FlyVolume, 'state'>): boolean {
  return volume.state === 'created';
}

type RowKey = 'id' | 'name' | 'fly_id' | 'volume_id' | 'volume_name';

function rowsBy(rows: readonly OwnRow[], key: RowKey): ReadonlyMap<string, OwnRow> {
  return new Map(rows.flatMap((row) => (row[key] === null ? [] : [[row[key], row]])));
}

function mountsOf(machine: FlyMachine): string[] {
  return (machine.config?.mounts ?? []).map(({ volume }) => volume);
}

function hasGone(row: OwnRow, gone: boolean): boolean {
  return row.state === 'retired' || (row.state === 'retiring' && gone);
}

function backAgain(row: OwnRow): OrphanVerdict {
  return row.holds_data ? mayHoldData(row) : { kind: 'returned', row, detail: `row ${row.id} took it for gone` };
}

function spare(row: OwnRow): OrphanVerdict {
  return { kind: 'spare', row, detail: `row ${row.id} has another volume` };
}

function mayHoldData(row: OwnRow): OrphanVerdict {
  const detail = `row ${row.id} took it for gone, and it may hold the only data of project ${row.project_id}`;
  return { kind: 'unaccounted', row, detail };
}
