import { FlyClient, type FlyClientOptions } from '../../src/sdk/fly/client.js';
import type { FlyCreateMachine, FlyMachine, FlyVolume } from '../../src/sdk/fly/wire.js';
import type { ScriptedServer } from './scripted-server.js';

export const testToken = 'fo1_secret-token-of-the-test';

export interface TestFlyClient extends AsyncDisposable {
  readonly fly: FlyClient;
}

/** `random` is 0, so every wait is half of its longest; and nobody queues, unless the test is about that. */
export function flyClientOf(
  server: Pick<ScriptedServer, 'url'>,
  options: Partial<FlyClientOptions> = {},
): TestFlyClient {
  const fly = new FlyClient({
    baseUrl: server.url,
    app: 'demo-app',
    token: testToken,
    rateLimit: 'off',
    random: () => 0,
    ...options,
  });
  return { fly, [Symbol.asyncDispose]: () => fly.close() };
}

export const machineOrder: FlyCreateMachine = {
  name: 'valet-m-1',
  region: 'sjc',
  config: { image: 'registry.example/app@sha256:1', metadata: { valet_machine: 'row-1' } },
};

export function flyMachine(change: Partial<FlyMachine> = {}): FlyMachine {
  return {
    id: '0123456789abcd',
    name: machineOrder.name,
    state: 'started',
    region: 'sjc',
    instance_id: '01J0000000000000000000000A',
    private_ip: 'fdaa::1',
    config: machineOrder.config,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    ...change,
  };
}

export function flyVolume(change: Partial<FlyVolume> = {}): FlyVolume {
  return {
    id: 'vol_1',
    name: 'valet_row_1',
    state: 'created',
    size_gb: 1,
    region: 'sjc',
    attached_machine_id: null,
    created_at: '2026-01-01T00:00:00Z',
    ...change,
  };
}

export function refused(status: number, error: string, code?: string): { status: number; body: unknown } {
  return { status, body: code === undefined ? { error } : { error, status: code } };
}

export function nameTaken(id: string, name: string): { status: number; body: unknown } {
  return refused(
    409,
    `already_exists: unique machine name violation, machine ID ${id} already exists with name "${name}"`,
  );
}
