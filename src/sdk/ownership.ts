import { setTimeout as sleep } from 'node:timers/promises';
import { ValetError } from './errors.js';

export type Renewal = 'owned' | 'lost' | 'wanted_elsewhere';

export interface OwnershipOptions {
  /** What is owned, for the message when it is lost. */
  readonly subject: string;
  /** Moves the deadline. `wanted_elsewhere`: still ours, but the work should stop (a wake was requested). */
  readonly renew: () => Promise<Renewal>;
  readonly signal?: AbortSignal | undefined;
  readonly renewMs?: number;
  /** How long the deadline in the row lasts: unreached for so long, somebody else may have taken over. */
  readonly silenceMs?: number;
  /** Nobody holds a transition for longer, however alive it is. */
  readonly maxHoldMs?: number;
}

/**
 * Does the work while renewing its deadline, and aborts it when the ownership is lost: the row says so, the database
 * has not been reached for as long as the deadline lasts, or it has taken too long altogether.
 *
 * The work must end when its signal aborts. It need not be quick about it: every write it makes is guarded.
 */
export async function whileOwned<T>(options: OwnershipOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const stopped = new AbortController();
  const signal = options.signal ? AbortSignal.any([over.signal, options.signal]) : over.signal;
  const renewing = keepRenewing(options, over, stopped.signal);
  try {
    signal.throwIfAborted();
    return await work(signal);
  } catch (error) {
    // Whatever the work made of being aborted, the reason is what its caller needs to know.
    signal.throwIfAborted();
    throw error;
  } finally {
    stopped.abort();
    await renewing;
  }
}

const defaultRenewMs = 3_000;
const defaultMaxHoldMs = 15 * 60_000;
const defaultSilenceMs = 10_000;

async function keepRenewing(options: OwnershipOptions, over: AbortController, stopped: AbortSignal): Promise<void> {
  const { renewMs = defaultRenewMs, silenceMs = defaultSilenceMs, maxHoldMs = defaultMaxHoldMs } = options;
  const began = performance.now();
  let renewedAt = began;
  while (await tick(renewMs, stopped)) {
    // The new deadline counts from when it was asked for at the earliest, not from when the answer came.
    const askedAt = performance.now();
    const patienceMs = Math.max(renewMs, renewedAt + silenceMs - askedAt);
    const answer = await within(patienceMs, options.renew(), stopped);
    if (answer === 'owned') renewedAt = askedAt;
    const now = performance.now();
    const silent = answer === 'silent' || now - renewedAt >= silenceMs;
    const reason = reasonToStop(answer, silent, now - began, maxHoldMs);
    if (reason) return over.abort(new ValetError('state_changed', `${options.subject}: ${reason}.`));
  }
}

type Answer = Renewal | 'refused' | 'silent';

/** A database that hangs is no better than one that refuses: its answer is not waited for beyond the deadline. */
async function within(ms: number, renewal: Promise<Renewal>, stopped: AbortSignal): Promise<Answer> {
  const answered = new AbortController();
  const tooLate = tick(ms, AbortSignal.any([stopped, answered.signal]));
  try {
    return await Promise.race([renewal.catch(() => 'refused' as const), tooLate.then(() => 'silent' as const)]);
  } finally {
    answered.abort();
  }
}

function reasonToStop(answer: Answer, silent: boolean, heldMs: number, maxHoldMs: number): string | undefined {
  if (answer === 'lost') return 'another instance has taken over';
  if (answer === 'wanted_elsewhere') return 'it is wanted again';
  if (silent) return 'the database could not be reached before the deadline passed';
  if (heldMs >= maxHoldMs) return `it took longer than ${Math.round(maxHoldMs / 1000)} seconds`;
  return undefined;
}

async function tick(ms: number, stopped: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal: stopped }).catch(() => false);
}
