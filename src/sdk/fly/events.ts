import type { FlyCallOptions } from './deadline.js';
import type { FlyTransport } from './transport.js';
import type { FlyMachineEvent } from './wire.js';

/** Which of a machine's events. */
export interface FlyEventOptions extends FlyCallOptions {
  /** 1 to 50: Fly keeps no more at hand. 20 if absent. */
  readonly limit?: number;
}

const maxEvents = 50;

/** The newest first. */
export async function listEvents(
  fly: FlyTransport,
  id: string,
  { limit, ...options }: FlyEventOptions = {},
): Promise<FlyMachineEvent[]> {
  const asked = limit === undefined ? {} : { limit: String(Math.min(maxEvents, Math.max(1, limit))) };
  return await fly.send('listEvents', { path: { id }, query: new URLSearchParams(asked) }, options);
}
