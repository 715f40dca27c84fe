import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FlyEmulator, startFlyEmulator } from '../../src/local/fly/emulator.js';
import type { FlyEmulatorOptions } from '../../src/local/fly/options.js';

export interface TestFlyEmulator extends FlyEmulator, AsyncDisposable {
  readonly dir: string;
}

/** What machines run unless a test says otherwise. */
export const countingServer = {
  command: process.execPath,
  args: [fileURLToPath(new URL('./fixtures/counting-server.mjs', import.meta.url))],
};

/** An emulator in a temporary folder of its own; its machines run a small counting server unless told otherwise. */
export async function withFlyEmulator(overrides: Partial<FlyEmulatorOptions> = {}): Promise<TestFlyEmulator> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-fly-'));
  const emulator = await startFlyEmulator({
    dir,
    app: 'test-machines',
    token: 'test-fly-token',
    projectServer: countingServer,
    ...overrides,
  });
  return {
    ...emulator,
    dir,
    [Symbol.asyncDispose]: async () => {
      await emulator.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface FlyReply {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; undefined when it is empty. */
  readonly body: unknown;
}

/** All that a caller needs to know of an emulator, in this process or in another. */
export type FlyAddress = Pick<FlyEmulator, 'url' | 'app' | 'token'>;

/** One call of the emulator's API with the right token; the path is below `/v1/apps/{app}`. */
export async function callFly(
  fly: FlyAddress,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<FlyReply> {
  const response = await fetch(`${fly.url}/v1/apps/${fly.app}${path}`, {
    method,
    headers: { authorization: `Bearer ${fly.token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
