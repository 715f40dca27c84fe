import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FlyProbe } from '../../../src/sdk/doctor/probes/fly.js';
import {
  judgeApi,
  judgeApp,
  judgeMachineList,
  judgeRegions,
  judgeToken,
} from '../../../src/sdk/doctor/verdicts/fly.js';
import { FlyClient } from '../../../src/sdk/fly/client.js';
import { type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import { closedPort } from '../../support/scripted-server.js';

let fly: TestFlyEmulator;
const clients: FlyClient[] = [];
beforeAll(async () => {
  fly = await withFlyEmulator();
});
beforeEach(() => fly.faults.clear());
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await fly[Symbol.asyncDispose]();
});

const soon = () => AbortSignal.timeout(8_000);

function probe(change: { readonly app?: string; readonly token?: string; readonly baseUrl?: string } = {}): FlyProbe {
  const client = new FlyClient({ baseUrl: fly.url, app: fly.app, token: fly.token, rateLimit: 'off', ...change });
  clients.push(client);
  return new FlyProbe(client);
}

test('with a good token the app is there, its machines are listed and its region has room', async () => {
  const good = probe();
  const app = await good.app(soon());
  expect([judgeApi(fly.url, app), judgeToken(fly.app, app), judgeApp(fly.app, app)]).toMatchObject([
    { verdict: 'ok' },
    { verdict: 'ok' },
    { verdict: 'ok' },
  ]);
  expect(judgeMachineList(await good.machines(soon()))).toMatchObject({ verdict: 'ok' });
  const compute = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 } as const;
  const regions = await good.regions(['sjc', 'fra'], { compute, volumeGb: 1 }, soon());
  expect(judgeRegions(['sjc', 'fra'], regions)).toMatchObject({
    verdict: 'ok',
    found: expect.stringMatching(/with room/),
  });
  expect(judgeRegions(['xxx'], regions)).toMatchObject({ verdict: 'failure' });
});

test('an expired token, a missing app and a token of another app are told apart', async () => {
  const expired = await probe({ token: 'fm2_expired' }).app(soon());
  expect(judgeApi(fly.url, expired)).toMatchObject({ verdict: 'ok' });
  expect(judgeToken(fly.app, expired)).toMatchObject({ verdict: 'failure', found: expect.stringMatching(/expired/) });
  const missing = await probe({ app: 'no-such-app' }).app(soon());
  expect(judgeToken('no-such-app', missing)).toMatchObject({ verdict: 'ok' });
  expect(judgeApp('no-such-app', missing)).toMatchObject({
    verdict: 'failure',
    found: expect.stringMatching(/no app/),
  });
  fly.faults.add({ kind: 'refuse', call: 'get_app', status: 403, error: 'unauthorized', times: 1 });
  expect(judgeApp(fly.app, await probe().app(soon()))).toMatchObject({
    verdict: 'failure',
    found: expect.stringMatching(/not for app/),
  });
});

test('an API that is away, or is a page of somebody else, is told with the reason', async () => {
  const away = await probe({ baseUrl: `http://127.0.0.1:${await closedPort()}` }).app(soon());
  expect(judgeApi('http://away', away)).toMatchObject({
    verdict: 'failure',
    found: expect.stringMatching(/ECONNREFUSED/),
  });
  fly.faults.add({ kind: 'garbage', status: 200, call: 'get_app', times: 9 });
  expect(judgeApi('http://page', await probe().app(soon()))).toMatchObject({ verdict: 'failure' });
});

test('each call is made once, however many checks need it', async () => {
  const one = probe();
  expect(await one.app(soon())).toBe(await one.app(soon()));
});
