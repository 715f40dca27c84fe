import type { FlyCallOptions } from './deadline.js';
import type { FlyApp } from './schemas.js';
import type { FlyTransport } from './transport.js';

/** Answers 200 for a live app: only then may a machine's 404 be believed. A missing one can take seconds. */
export async function getApp(fly: FlyTransport, options?: FlyCallOptions): Promise<FlyApp> {
  return await fly.send('getApp', { path: {} }, options);
}
