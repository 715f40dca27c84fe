import { afterEach, expect, it } from 'vitest';
import type { WholeMachine } from '../../../src/sdk/database/machines.js';
import { FlyClient } from '../../../src/sdk/fly/client.js';
import { isGone } from '../../../src/sdk/fly/errors.js';
import { MachineStarter } from '../../../src/sdk/pool/starter.js';
import { startScriptedServer } from '../../support/scripted-server.js';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const machine: WholeMachine = {
  id: 'm1',
  environment: 'test',
  fly_app: 'app',
  name: 'valet-m1',
  volume_name: 'v_m1',
  fly_id: 'f1',
  volume_id: 'vol_1',
  region: 'sjc',
  state: 'ready',
  project_id: null,
  fly_state: null,
  fly_state_at: null,
  attempts: 0,
  last_error: null,
  created_at: new Date(),
  ready_at: null,
};

/** A Fly whose machine is `suspended`; after a start it goes on saying so for so many looks. */
async function sluggishFly(looks: number) {
  let left = Number.POSITIVE_INFINITY;
  const script: Parameters<typeof startScriptedServer>[0] = ({ method, path }) => {
    if (method === 'POST') left = looks;
    const state = left-- > 0 ? 'suspended' : 'started';
    if (path.endsWith('/wait')) return { status: 200, body: { ok: true, state } };
    return { status: 200, body: { id: 'f1', name: machine.name, state, region: 'sjc', instance_id: 'v1' } };
  };
  const fly = opened.use(await startScriptedServer(script));
  const client = new FlyClient({ baseUrl: fly.url, app: 'app', token: 'token', rateLimit: 'off' });
  opened.defer(() => client.close());
  const starter = new MachineStarter({
    fly: client,
    protocol: { waitUntilReady: async () => ({ kind: 'basic' }) },
    machines: { observed: async () => undefined },
    isGone,
  });
  const starts = () => fly.seen.filter(({ method, path }) => method === 'POST' && path.endsWith('/start')).length;
  return { starter, starts };
}

it('a machine of which Fly reports the old state for a while after its start is started once', async () => {
  const { starter, starts } = await sluggishFly(12);
  await starter.ensureStarted(machine, AbortSignal.timeout(20_000));
  expect(starts()).toBe(1);
});

it('a start that is given up meanwhile ends at once', async () => {
  const { starter } = await sluggishFly(Number.POSITIVE_INFINITY);
  const starting = starter.ensureStarted(machine, AbortSignal.timeout(300));
  await expect(starting).rejects.toThrow();
});
