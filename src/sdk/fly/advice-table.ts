import { creatingCalls, type FlyCall } from './endpoints.js';

/** What a caller does about a refusal. */
export type FlyAdvice =
  /** The same again, after a while; what it was made from is read anew. */
  | 'retry'
  /** This host is full: another volume, hence another host. */
  | 'retry-elsewhere-host'
  | 'retry-elsewhere-region'
  /** It may exist already: look for it by name before creating anything. */
  | 'adopt'
  /** The machine is in a state that forbids it: wait for one that does not. */
  | 'wait-for-state'
  | 'gone'
  /** Asking again changes nothing. */
  | 'give-up';

export interface AdviceRow {
  /** One status, several, or the hundred it begins. */
  readonly status: number | readonly number[] | '4xx' | '5xx';
  readonly calls?: readonly FlyCall[];
  readonly flyCode?: string;
  readonly grpcCode?: string;
  /** A fragment of the body's text, in lower case. */
  readonly text?: string;
  readonly advice: FlyAdvice;
  /** Nothing was done, and the reason passes within seconds: the call itself asks again. */
  readonly transient?: true;
}

/** What Fly may answer where it is not published how it refuses. */
export const unclear: readonly number[] = [400, 409, 412, 422];
const ofPlatform: readonly FlyCall[] = ['listRegions', 'getPlacements'];
const ofMetadata: readonly FlyCall[] = ['mergeMetadata', 'setMetadata', 'deleteMetadata'];
const ofVolumes: readonly FlyCall[] = ['createVolume', 'extendVolume', 'deleteVolume'];

/**
 * The first row that fits decides. The status comes first and the text second, because Fly documents some statuses and
 * the texts are only observed. Sources: fly.io/docs/machines/api/working-with-machines-api, the OpenAPI document, the
 * errors of the vendor's own client, and what operators report. docs/fly-client.md says what is unconfirmed.
 */
export const adviceTable: readonly AdviceRow[] = [
  { status: 401, advice: 'give-up' },
  { status: 403, advice: 'give-up' },
  // A create names nothing that could be gone but the app.
  { status: 404, calls: [...creatingCalls, ...ofPlatform], advice: 'give-up' },
  { status: 404, advice: 'gone' },
  { status: 410, advice: 'gone' },
  { status: 429, advice: 'retry', transient: true },

  { status: 408, calls: ['waitForState'], advice: 'wait-for-state' },
  { status: 408, calls: creatingCalls, advice: 'adopt' },
  { status: 408, advice: 'retry' },
  { status: '5xx', calls: creatingCalls, advice: 'adopt' },
  { status: '5xx', advice: 'retry' },

  // A volume that was just created is not visible everywhere at once.
  { status: 400, calls: ['createMachine'], text: 'volume does not exist', advice: 'retry', transient: true },

  // An app's name is taken: 422 as documented, 409 as one operator saw it.
  { status: [409, 422], flyCode: 'name_taken', advice: 'give-up' },
  { status: [409, 422], text: 'has already been taken', advice: 'give-up' },
  { status: [409, 422], text: 'uniqueness constraint violated', advice: 'give-up' },
  { status: 409, text: 'unique machine name violation', advice: 'adopt' },
  { status: 409, calls: ['createMachine'], grpcCode: 'already_exists', advice: 'adopt' },
  { status: 409, text: 'lease currently held', advice: 'retry', transient: true },
  // The other update may have written the config that this one is made from: that is the caller's to read again.
  { status: [409, 412], calls: ['updateMachine'], text: 'concurrent update', advice: 'retry' },
  { status: [409, 412], calls: ['updateMachine'], text: 'version', advice: 'retry' },
  { status: 409, text: 'concurrent update', advice: 'retry', transient: true },

  { status: 409, calls: ['createVolume'], text: 'no capacity', advice: 'retry-elsewhere-region' },
  { status: [409, 412, 422], flyCode: 'volume_placement_capacity', advice: 'retry-elsewhere-host' },
  { status: [409, 412], text: 'could not reserve resource', advice: 'retry-elsewhere-host' },
  { status: [409, 412], text: 'insufficient', advice: 'retry-elsewhere-host' },
  { status: [409, 412, 422], flyCode: 'insufficient_capacity', advice: 'retry-elsewhere-region' },
  { status: 422, text: 'could not find a candidate host', advice: 'retry-elsewhere-region' },

  // A machine that is still being prepared says so by its state, which is already a resting one.
  { status: 412, text: "unable to start machine from current state: 'created'", advice: 'retry', transient: true },
  { status: 412, text: 'unable to start machine from current state', advice: 'wait-for-state' },
  { status: 412, text: 'machine still active', advice: 'wait-for-state' },
  { status: 412, text: 'machine getting replaced', advice: 'wait-for-state' },
  // Both last for minutes after the holder was destroyed, the second with an id of 14 NUL characters.
  { status: 412, text: 'volume is currently bound', advice: 'retry' },
  { status: 412, text: 'volume already claimed', advice: 'retry' },
  { status: 412, calls: ofVolumes, advice: 'retry' },
  // Somebody updated the machine in between.
  { status: 412, calls: ofMetadata, advice: 'retry' },

  // A machine that runs is not deleted without force; how Fly says so is unconfirmed.
  { status: unclear, calls: ['deleteMachine'], advice: 'wait-for-state' },
  { status: [409, 412], calls: ['startMachine', 'stopMachine', 'suspendMachine'], advice: 'wait-for-state' },
  { status: 409, advice: 'retry' },
  { status: 412, advice: 'wait-for-state' },
  { status: '4xx', advice: 'give-up' },
];
