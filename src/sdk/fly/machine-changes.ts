import { type Change, findAfterRefusal, isWorthALook } from './after-refusal.js';
import { Deadline, type FlyCallOptions } from './deadline.js';
import { ignoreGone } from './errors.js';
import { lookAtMachine } from './machines.js';
import type { FlyTransport } from './transport.js';

/** How a machine is stopped. */
export interface FlyStopOptions extends FlyCallOptions {
  /** Instead of the one in the machine's `stop_config`. */
  readonly killSignal?: 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGUSR1' | 'SIGUSR2' | 'SIGTERM';
  /** Until it is killed, whole seconds, at most 300. */
  readonly graceSecs?: number;
}

/** How a machine is deleted. */
export interface FlyDeleteOptions extends FlyCallOptions {
  /** Kills it if it runs; so it is unless this says false. */
  readonly force?: boolean;
}

/** Success if it is started already. @returns after Fly accepted it; wait for `started` */
export async function startMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  await change(fly, 'startMachine', id, undefined, options);
}

/** Success if it is stopped already. @returns after Fly accepted it; wait for `stopped` */
export async function stopMachine(fly: FlyTransport, id: string, options: FlyStopOptions = {}): Promise<void> {
  const { killSignal, graceSecs } = options;
  const body = {
    ...(killSignal !== undefined && { signal: killSignal }),
    ...(graceSecs !== undefined && { timeout: `${graceSecs}s` }),
  };
  await change(fly, 'stopMachine', id, Object.keys(body).length === 0 ? undefined : body, options);
}

/** Success if it is suspended already. @returns after Fly accepted it; wait for `suspended` */
export async function suspendMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  await change(fly, 'suspendMachine', id, undefined, options);
}

/**
 * Success if it is gone already. Its volume stays, and stays bound for minutes.
 * @throws FlyError with advice `wait-for-state` if it runs and is not to be forced
 */
export async function deleteMachine(fly: FlyTransport, id: string, options: FlyDeleteOptions = {}): Promise<void> {
  const query = new URLSearchParams({ force: String(options.force ?? true) });
  await fly.send('deleteMachine', { path: { id }, query }, options).catch(ignoreGone);
}

async function change(
  fly: FlyTransport,
  call: Change,
  id: string,
  body: unknown,
  options?: FlyCallOptions,
): Promise<void> {
  const deadline = new Deadline(options);
  try {
    await fly.send(call, { path: { id }, body }, deadline.rest);
  } catch (error) {
    if (!isWorthALook(error)) throw error;
    const seen = await lookAtMachine(fly, id, deadline);
    if (seen === undefined) throw error;
    const finding = findAfterRefusal(call, error, seen.state);
    if (finding.kind === 'refused') throw finding.error;
  }
}
