import { type ProxyUnconfirmed, safeAssumptions } from './proxy-unconfirmed.js';

/**
 * Where nobody has published what Fly answers, or sources disagree: the emulator can give either answer, and a client
 * copes with both. The defaults are what is most likely.
 */
export interface Unconfirmed extends Readonly<ProxyUnconfirmed> {
  /** Start of a machine that is started. */
  readonly startOnStarted: 'success' | 'refuse';
  /** Delete of a started machine without `force`. */
  readonly deleteStartedStatus: 400 | 409 | 412;
  /** Suspend of a machine that cannot be suspended. */
  readonly suspendIneligibleStatus: 400 | 412 | 422;
  /** Memory above which a machine cannot be suspended: two pages of the vendor differ. */
  readonly suspendLimitMb: 2048 | 4096;
  /** Exec on a machine that is not running; here a signal and the list of its processes as well. */
  readonly execNotRunningStatus: 400 | 412 | 500;
  /** An update whose `current_version` is not the machine's. */
  readonly staleVersionStatus: 409 | 412;
  /** The docs say 200; the live service was seen to answer 201. */
  readonly volumeCreateStatus: 200 | 201;
  /** The docs say 422; one operator saw 409. */
  readonly appNameTakenStatus: 409 | 422;
  /** Whether a 429 names when to come back. */
  readonly retryAfter: 'sent' | 'missing';
  /** Whether PUT of metadata leaves keys alone that it does not name. */
  readonly putMetadata: 'merges' | 'replaces';
  /** What an updated machine shows: the docs draw `updating`, the live service was seen to say `replacing`. */
  readonly updateState: 'replacing' | 'updating';
  /**
   * What a lease bars: "every write", or only those for which the vendor's own client can send the nonce, which leaves
   * out signals, metadata and memory. Nothing says that it bars exec.
   */
  readonly leaseBars: 'every_write' | 'lifecycle';
  /** Whether waiting for `stopped` needs a version, as the docs and old servers had it; the vendor's CLI sends none. */
  readonly waitForStopped: 'any_version' | 'needs_version';
  /** The time of a lease for which none was asked. */
  readonly leaseTtlSecs: number;
  /** Older servers say nothing but `ok`. */
  readonly waitAnswer: 'whole' | 'ok_only';
  /** The `metadata.{key}` filter of lists is in the docs, not in the published document. */
  readonly metadataFilter: 'honoured' | 'ignored';
  /** The cookie that leads reads to the node that took the write. */
  readonly affinityCookie: 'sent' | 'missing';
  /** Whom a volume's refusal names just after its machine was destroyed: that machine, or 14 NUL characters. */
  readonly deadClaimant: 'machine' | 'nul';
  /** Whether a machine must be restarted before it sees that its volume has grown. */
  readonly extendNeedsRestart: 'never' | 'while_attached';
  /** Deletion of an app without `force` while one of its machines runs: the docs only say that they should be stopped. */
  readonly deleteRunningApp: 'refuse' | 'accept';
  /** The docs read an app's network from the list alone; the published document has it in both. */
  readonly appNetwork: 'listed_only' | 'everywhere';
  /** Keys of the regions list: capitals were seen, the published document has small letters. */
  readonly regionKeys: 'capitals' | 'small';
}

export const likelyAnswers: Unconfirmed = {
  ...safeAssumptions,
  startOnStarted: 'success',
  deleteStartedStatus: 412,
  suspendIneligibleStatus: 412,
  suspendLimitMb: 2048,
  execNotRunningStatus: 412,
  staleVersionStatus: 412,
  volumeCreateStatus: 201,
  appNameTakenStatus: 422,
  retryAfter: 'sent',
  putMetadata: 'merges',
  updateState: 'replacing',
  leaseBars: 'every_write',
  waitForStopped: 'any_version',
  leaseTtlSecs: 120,
  waitAnswer: 'whole',
  metadataFilter: 'honoured',
  affinityCookie: 'sent',
  deadClaimant: 'machine',
  extendNeedsRestart: 'never',
  deleteRunningApp: 'refuse',
  appNetwork: 'listed_only',
  regionKeys: 'capitals',
};

/** The answers that hold now; they may be changed while the emulator runs. */
export class UnconfirmedAnswers {
  /** One object for ever: whoever was handed it sees every change. */
  readonly now: Unconfirmed;
  readonly #atStart: Unconfirmed;

  constructor(changes: Partial<Unconfirmed> = {}) {
    this.#atStart = { ...likelyAnswers, ...changes };
    this.now = { ...this.#atStart };
  }

  set(changes: Partial<Unconfirmed>): void {
    Object.assign(this.now, changes);
  }

  reset(): void {
    this.set(this.#atStart);
  }
}
