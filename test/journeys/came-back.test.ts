import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LocalProxy } from '../../src/local/proxy/options.js';
import { startProxy } from '../../src/local/proxy/proxy.js';
import { observerPreset } from '../../src/sdk/routing/observer-preset.js';
import { getMachine, reach, tell } from '../support/fly-machines.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { ask, startTestServer, type TestServer } from '../support/server.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';
import { destroyMachine, machineOfProject } from '../support/vanish.js';

let platform: TestPlatform;
let instance: Instance;
let bench: TestServer;
let proxy: LocalProxy;
let sleeper: Sleeper;
let number = 0;

const cameBack = { 'fly-replay-failed': 'instance=x;app=y;reason=timeout' };
const person = { accept: 'text/html' };

beforeAll(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane();
  // Duties are done by hand, so that what happens follows from requests.
  const serving = { ...instance.serving, tasks: [] };
  bench = await startTestServer(serving, { observers: observerPreset, replayTimeoutSecs: 1, flushMs: 1 });
  proxy = await startProxy({
    machines: platform.fly.machines,
    machineApp: platform.fly.app,
    controlPlane: { app: 'valet', instances: () => [{ id: 'cp-1', host: '127.0.0.1', port: bench.port }] },
    deadTargetDelayMs: 50,
    unconfirmed: platform.fly.unconfirmed.now,
  });
});
afterAll(async () => {
  await proxy.stop();
  await bench.server.stop();
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  instance.calls.intervene(() => undefined);
  number += 1;
  sleeper = await new Sleeper(platform, instance, `sleeper-${number}`).create();
});

/** As somebody on the internet does: through Fly's proxy. */
function visit(headers: Readonly<Record<string, string>> = {}) {
  return ask(proxy.port, { host: `${sleeper.id}.valet.test`, path: '/kv/kept', headers });
}

/** As the proxy does with a request that its machine did not take. */
function bringBack() {
  return ask(bench.port, { host: `${sleeper.id}.valet.test`, path: '/kv/kept', headers: cameBack });
}

/** Fly is asked about a machine once in so long, and believed only after minutes. */
async function timePasses(): Promise<void> {
  await platform.database.travel('6 minutes');
  bench.clock.pass(10);
}

test('G5, G7: the next request to a machine that is gone gets a page, and the project comes back on its volume', async () => {
  const before = await machineOfProject(platform, sleeper.id);
  expect(await visit()).toMatchObject({ status: 200, text: `data of ${sleeper.id}` });
  await destroyMachine(platform, before.fly_id);

  const page = await visit(person);
  expect(page).toMatchObject({ status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect(page.text).toContain('<meta http-equiv="refresh"');

  await timePasses();
  await expect.poll(async () => (await visit()).headers['retry-after'], { timeout: 15_000 }).toBe('15');
  await timePasses();
  await expect.poll(async () => (await visit()).text, { timeout: 15_000 }).toBe(`data of ${sleeper.id}`);

  const after = await machineOfProject(platform, sleeper.id);
  expect(after.volume_id).toBe(before.volume_id);
  expect(after.fly_id).not.toBe(before.fly_id);
});

test('G5, G11: a machine that has stopped is started, and that is nobody’s use', async () => {
  const { fly_id } = await machineOfProject(platform, sleeper.id);
  await tell(platform.fly, fly_id, 'stop');
  await reach(platform.fly, fly_id, 'stopped');
  const { last_active_at } = await sleeper.row();
  expect(await bringBack()).toMatchObject({ status: 503, json: { code: 'machine_unreachable' } });
  await expect.poll(async () => (await getMachine(platform.fly, fly_id)).state).toBe('started');
  expect((await sleeper.row()).last_active_at).toEqual(last_active_at);
  await expect.poll(async () => (await visit()).text).toBe(`data of ${sleeper.id}`);
});

test('G11: a forged header costs a healthy project one look, and moves nothing', async () => {
  const asked: string[] = [];
  instance.calls.intervene((call) => {
    if (call.startsWith('fly: ') || call.startsWith('machine: ')) asked.push(call);
    return undefined;
  });
  const before = await sleeper.row();
  for (let count = 0; count < 5; count += 1) expect(await bringBack()).toMatchObject({ status: 503 });
  expect(asked).toEqual(['fly: GET /machines/:id']);
  expect(await sleeper.row()).toEqual(before);
  expect(await visit()).toMatchObject({ status: 200 });
});

test('G11: what only looks is served by an awake machine and keeps it awake no longer', async () => {
  const target = { flyId: (await machineOfProject(platform, sleeper.id)).fly_id, name: await machineName() };
  const used = await platform.protocol.status(target);
  expect(used).toMatchObject({ last_activity_at: expect.any(String) });
  const before = await sleeper.row();
  const slack = { 'user-agent': 'Slackbot-LinkExpanding 1.0' };
  expect(await visit(slack)).toMatchObject({ status: 200, text: `data of ${sleeper.id}` });
  expect(await platform.protocol.status(target)).toEqual(used);
  expect((await sleeper.row()).last_active_at).toEqual(before.last_active_at);
});

async function machineName(): Promise<string> {
  const [row] = await platform.database.db.query<{ name: string }>('select name from machines where project_id = $1', [
    sleeper.id,
  ]);
  return row?.name ?? '';
}
