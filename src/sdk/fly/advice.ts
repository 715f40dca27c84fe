/** What a caller does about a refusal. */
export type FlyAdvice =
  /** The same call again, after a while. */
  | 'retry'
  /** This host is full: another volume, hence another host. */
  | 'retry-elsewhere-host'
  | 'retry-elsewhere-region'
  /** It may exist already: look for it by name before creating anything. */
  | 'adopt'
  /** The machine is on its way to another state: wait for a resting one. */
  | 'wait-for-state'
  | 'gone'
  /** Asking again changes nothing. */
  | 'give-up';

export type FlyCall =
  | 'createMachine'
  | 'getMachine'
  | 'listMachines'
  | 'startMachine'
  | 'stopMachine'
  | 'suspendMachine'
  | 'deleteMachine'
  | 'updateMachine'
  | 'waitForState'
  | 'createVolume'
  | 'getVolume'
  | 'listVolumes'
  | 'deleteVolume'
  | 'getApp';

export interface FlyRefusal {
  readonly call: FlyCall;
  readonly status: number;
  /** The body's `status`, such as `insufficient_capacity`. */
  readonly flyCode: string | null;
  readonly text: string;
}

interface AdviceRow {
  /** One status, or the hundred it begins. */
  readonly status: number | '4xx' | '5xx';
  readonly calls?: readonly FlyCall[];
  readonly flyCode?: string;
  /** A fragment of the body's text, in lower case. */
  readonly text?: string;
  readonly advice: FlyAdvice;
}

const creates: readonly FlyCall[] = ['createMachine', 'createVolume'];

/**
 * The first row that fits decides. The status comes first and the text second, because Fly documents the statuses and
 * the texts are only observed.
 */
export const adviceTable: readonly AdviceRow[] = [
  // A volume that was just created is not visible everywhere at once.
  { status: 400, calls: ['createMachine'], text: 'volume does not exist', advice: 'retry' },
  { status: 400, advice: 'give-up' },
  { status: 401, advice: 'give-up' },
  { status: 403, advice: 'give-up' },
  // A create names nothing that could be gone but the app.
  { status: 404, calls: creates, advice: 'give-up' },
  { status: 404, advice: 'gone' },
  { status: 408, calls: ['waitForState'], advice: 'wait-for-state' },
  { status: 408, calls: creates, advice: 'adopt' },
  { status: 408, advice: 'retry' },
  { status: 409, text: 'unique machine name violation', advice: 'adopt' },
  { status: 409, text: 'lease currently held', advice: 'retry' },
  { status: 409, text: 'concurrent update', advice: 'retry' },
  { status: 409, text: 'could not reserve resource', advice: 'retry-elsewhere-host' },
  { status: 409, text: 'insufficient', advice: 'retry-elsewhere-host' },
  { status: 409, calls: ['createVolume'], text: 'no capacity', advice: 'retry-elsewhere-region' },
  { status: 409, advice: 'retry' },
  { status: 410, advice: 'gone' },
  { status: 412, flyCode: 'volume_placement_capacity', advice: 'retry-elsewhere-host' },
  { status: 412, text: 'insufficient resources', advice: 'retry-elsewhere-host' },
  { status: 412, text: 'unable to start machine from current state', advice: 'wait-for-state' },
  { status: 412, text: 'machine still active', advice: 'wait-for-state' },
  { status: 412, text: 'machine getting replaced', advice: 'wait-for-state' },
  // Both last for minutes after the holder was destroyed, the second with an id of 14 NUL characters.
  { status: 412, text: 'volume is currently bound', advice: 'retry' },
  { status: 412, text: 'volume already claimed', advice: 'retry' },
  // Someone wrote the machine's metadata in between.
  { status: 412, text: 'machine_version', advice: 'retry' },
  { status: 412, advice: 'wait-for-state' },
  { status: 422, flyCode: 'insufficient_capacity', advice: 'retry-elsewhere-region' },
  { status: 422, text: 'could not find a candidate host', advice: 'retry-elsewhere-region' },
  { status: 422, advice: 'give-up' },
  { status: 429, advice: 'retry' },
  { status: '5xx', calls: creates, advice: 'adopt' },
  { status: '5xx', advice: 'retry' },
  { status: '4xx', advice: 'give-up' },
];

export function adviceFor(refusal: FlyRefusal): FlyAdvice {
  return adviceTable.find((row) => fits(row, refusal))?.advice ?? 'give-up';
}

function fits(row: AdviceRow, refusal: FlyRefusal): boolean {
  const hundred = `${Math.floor(refusal.status / 100)}xx`;
  return (
    (row.status === refusal.status || row.status === hundred) &&
    (row.calls?.includes(refusal.call) ?? true) &&
    (row.flyCode === undefined || row.flyCode === refusal.flyCode) &&
    (row.text === undefined || refusal.text.toLowerCase().includes(row.text))
  );
}

const nameConflict = /machine ID ([0-9a-z]+) already exists/i;

/** The id that a name conflict names: whoever has our name, most likely our own earlier attempt. */
export function conflictingMachineId(refusal: FlyRefusal): string | null {
  if (refusal.status !== 409) return null;
  return nameConflict.exec(refusal.text)?.[1] ?? null;
}
