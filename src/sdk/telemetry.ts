import { asError } from './errors.js';
import type { FlyCallFailure, FlyCallRecord } from './fly/transport.js';
import { type Logger, silentLogger } from './logger.js';

/**
 * What the control plane tells whoever measures it or keeps a log. Each is called where the thing happens and must return at once.
 * Nothing of what is told is a secret, and only a region may come from outside.
 */
export interface Telemetry {
  /** One attempt of a call to Fly, with how long it waited for its turn. */
  flyCall(record: FlyCallRecord): void;
  /** A call to Fly that came to nothing, once, after its last attempt. */
  flyFailure(failure: FlyCallFailure): void;
  /** A project came back, or did not. Told by the instance that did it, once, however many waited for it. */
  wake(facts: WakeFacts): void;
  /** A project was given a machine. `hit`: by the pool; `miss`: one has to be made, since no member was there or none was sound. */
  claim(facts: { readonly outcome: ClaimOutcome; readonly region: string }): void;
  /** An attempt at an archive has ended. */
  archive(facts: ArchiveFacts): void;
  /** A sweep has ended, by whoever began it. */
  sweep(facts: SweepFacts): void;
}

/** How a project came back. */
export type WakeKind =
  /** On a machine from the pool. */
  | 'warm'
  /** On a machine that was made for it. */
  | 'cold'
  /** It still had its machine: an archive was given up because somebody wanted the project. */
  | 'resumed'
  /** On its own volume: its machine was gone, or an archive was undone. */
  | 'on_volume'
  /** It ended before there was a machine. */
  | 'none';

/** `given_up`: the instance is going down, or another has taken over. */
export type WakeResult = 'ok' | 'failed' | 'given_up';

/** What is told of a wake. */
export interface WakeFacts {
  readonly kind: WakeKind;
  readonly outcome: WakeResult;
  readonly durationMs: number;
}

/** Whether the pool had a machine. */
export type ClaimOutcome = 'hit' | 'miss';

/** `cancelled`: the project is in use, wanted, held or gone, or the instance is going down: nothing is wrong. */
export type ArchiveOutcome = 'archived' | 'cancelled' | 'failed';

/** What is told of an attempt at an archive. */
export interface ArchiveFacts {
  readonly outcome: ArchiveOutcome;
  readonly durationMs: number;
  /** Of a made one, as it was proven. */
  readonly bytes: number | null;
}

/** `aborted`: it ran out of time, lost its lock or its instance; `failed`: the fuse or the database stopped it. */
export type SweepOutcome = 'done' | 'aborted' | 'failed';

/** What is told of a sweep. */
export interface SweepFacts {
  readonly outcome: SweepOutcome;
  readonly archived: number;
  readonly kept: number;
  readonly failed: number;
  readonly leftOver: number;
}

/** Tells everything to all of them. One that throws must not turn a journey that went well into one that failed. */
export function toldTo(listeners: readonly Partial<Telemetry>[], logger: Logger = silentLogger): Telemetry {
  const tell = (say: (listener: Partial<Telemetry>) => void) => {
    for (const listener of listeners) attempt(() => say(listener), logger);
  };
  return {
    flyCall: (record) => tell((listener) => listener.flyCall?.(record)),
    flyFailure: (failure) => tell((listener) => listener.flyFailure?.(failure)),
    wake: (facts) => tell((listener) => listener.wake?.(facts)),
    claim: (facts) => tell((listener) => listener.claim?.(facts)),
    archive: (facts) => tell((listener) => listener.archive?.(facts)),
    sweep: (facts) => tell((listener) => listener.sweep?.(facts)),
  };
}

function attempt(tell: () => void, logger: Logger): void {
  try {
    tell();
  } catch (thrown) {
    // The work has been done.
    logger.error({ message: asError(thrown).message }, 'a listener of the telemetry failed');
  }
}
