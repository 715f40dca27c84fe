import { readAnswer } from './answer.js';
import { type FlyApp, flyAppSchema } from './schemas.js';
import type { FlyCallOptions, FlyTransport } from './transport.js';

/** Answers 200 for a live app: only then may a machine's 404 be believed. */
export async function getApp(fly: FlyTransport, options?: FlyCallOptions): Promise<FlyApp> {
  const request = { call: 'getApp', target: fly.app, method: 'GET', path: '', repeatable: true } as const;
  return readAnswer(flyAppSchema, await fly.send(request, options), request);
}
