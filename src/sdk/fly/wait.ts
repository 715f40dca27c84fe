import type { FlyTransport } from './transport.js';
import { endedBadly, Wait, type WaitTimes } from './waiting.js';
import type { WaitableState } from './wire.js';

/** How long is waited, and for which version. */
export interface FlyWaitOptions extends WaitTimes {
  /** Wait for this version (`instance_id`) to get there: after an update, so as not to see the old one. */
  readonly version?: string | undefined;
}

/**
 * Waits until the machine is in one of the states, in slices that Fly allows. `failed` is not `started`: ask for both to
 * learn of a failure at once.
 * @returns the state that was reached
 * @throws when the time is over, what Fly said last: FlyError with status 408 and advice `wait-for-state`; when it can
 *   never get there, FlyError with advice `gone` (destroyed) or `give-up` (a newer version has replaced this one)
 */
export async function waitForState(
  fly: FlyTransport,
  id: string,
  state: WaitableState | readonly WaitableState[],
  { version, ...options }: FlyWaitOptions,
): Promise<string> {
  // A machine that was read without its version has an empty one.
  const aim = { wanted: typeof state === 'string' ? [state] : state, version: version || undefined };
  return await new Wait(fly, id, aim, options).run();
}

/**
 * Waits until the machine is started, which means that it booted, not that the program in it serves.
 * @throws FlyError with advice `give-up` as soon as it is `failed`, `gone` as soon as it is destroyed
 */
export async function waitForMachine(fly: FlyTransport, id: string, options: FlyWaitOptions): Promise<void> {
  const state = await waitForState(fly, id, ['started', 'failed', 'destroyed'], options);
  if (state === 'started') return;
  throw endedBadly(id, `the machine is ${state}, not started`, state === 'destroyed' ? 'gone' : 'give-up');
}
