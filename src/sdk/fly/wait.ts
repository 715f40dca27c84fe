import { type Backoff, backoffMs, pause } from '../http/backoff.js';
import { readAnswer } from './answer.js';
import { FlyError, FlyTransportError, isGone } from './errors.js';
import { getMachine } from './machines.js';
import { waitAnswerSchema } from './schemas.js';
import type { FlyCallOptions, FlyRequest, FlyTransport } from './transport.js';
import type { WaitableState } from './wire.js';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Wait for this version (`instance_id`) to get there: after an update, so as not to see the old one. */
  readonly version?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Fly refuses more with 400, whatever other sources say. */
const maxSliceSecs = 60;
/** How long Fly's answer may take on top of the time it was told to wait. */
const answerMarginMs = 2_000;
/** A machine that was just created may answer 404 for a moment. */
const newMachineGraceMs = 5_000;
const passingFaults: readonly FlyTransportError['kind'][] = ['connect', 'broken', 'timeout'];
const backoff: Backoff = { firstMs: 250, maxMs: 2_000 };

/**
 * Waits until the machine is in one of the states, in slices that Fly allows. `failed` is not `started`: ask for both to
 * learn of a failure at once.
 * @returns the state that was reached
 * @throws FlyError with status 408 and advice `wait-for-state` when the time is over
 */
export async function waitForState(
  fly: FlyTransport,
  id: string,
  state: WaitableState | readonly WaitableState[],
  options: WaitOptions,
): Promise<string> {
  const states: readonly WaitableState[] = typeof state === 'string' ? [state] : state;
  const startedAt = performance.now();
  for (let slice = 1; ; slice++) {
    const remainingMs = options.timeoutMs - (performance.now() - startedAt);
    try {
      return await waitSlice(fly, id, states, remainingMs, options);
    } catch (error) {
      const waitedMs = performance.now() - startedAt;
      if (isGone(error) && states.includes('destroyed')) return 'destroyed';
      if (!mayWaitOn(error, waitedMs)) throw error;
      const pauseMs = backoffMs(slice, backoff, fly.random);
      if (waitedMs + pauseMs >= options.timeoutMs) throw error;
      await pause(pauseMs, options.signal);
    }
  }
}

async function waitSlice(
  fly: FlyTransport,
  id: string,
  states: readonly WaitableState[],
  remainingMs: number,
  options: WaitOptions,
): Promise<string> {
  const sliceSecs = Math.min(maxSliceSecs, Math.max(1, Math.floor(remainingMs / 1_000)));
  const query = new URLSearchParams({ timeout: String(sliceSecs) });
  for (const state of states) query.append('state', state);
  if (options.version !== undefined) query.set('version', options.version);
  const request: FlyRequest = {
    call: 'waitForState',
    target: id,
    method: 'GET',
    path: `/machines/${encodeURIComponent(id)}/wait`,
    query,
    // Only what was never accepted: this loop itself decides on everything else.
    repeatable: false,
    requestTimeoutMs: sliceSecs * 1_000 + answerMarginMs,
  };
  const call: FlyCallOptions = { signal: options.signal, timeoutMs: Math.max(1_000, remainingMs) + answerMarginMs };
  const answer = readAnswer(waitAnswerSchema, await fly.send(request, call), request);
  const [only, ...others] = states;
  if (answer?.state !== undefined) return answer.state;
  return only !== undefined && others.length === 0 ? only : (await getMachine(fly, id, call)).state;
}

function mayWaitOn(error: unknown, waitedMs: number): boolean {
  if (error instanceof FlyTransportError) return passingFaults.includes(error.kind);
  if (!(error instanceof FlyError)) return false;
  return (
    error.status === 408 ||
    error.status === 429 ||
    error.status >= 500 ||
    (isGone(error) && waitedMs < newMachineGraceMs)
  );
}
