import type { FlyEmulator } from '../../src/local/fly/emulator.js';
import type { FlyReply } from './fly-emulator.js';

export interface ApiCall {
  readonly body?: unknown;
  /** The organisation's own unless told otherwise. */
  readonly token?: string;
  /** Instead of `Bearer` and the token. */
  readonly authorization?: string;
}

/** One call of the emulator's API; the path is below `/v1`. */
export async function callApi(fly: FlyEmulator, method: string, path: string, call: ApiCall = {}): Promise<FlyReply> {
  const { body, token = fly.token, authorization = `Bearer ${token}` } = call;
  const response = await fetch(`${fly.url}/v1${path}`, {
    method,
    headers: { authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
