import type { FlyAddress } from './fly-emulator.js';

export interface ControlReply {
  readonly status: number;
  readonly body: unknown;
}

/** One call of the emulator's own API; the path is below `/_emulator`. */
export async function control(
  fly: Omit<FlyAddress, 'app'>,
  method: string,
  path = '',
  body?: unknown,
): Promise<ControlReply> {
  const response = await fetch(`${fly.url}/_emulator${path}`, {
    method,
    headers: { authorization: `Bearer ${fly.token}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
