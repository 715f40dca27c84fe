import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startProxy } from '../../../src/local/proxy/proxy.js';
import { withFlyEmulator } from '../../support/fly-emulator.js';
import { getMachine, service, startedMachine, tell } from '../../support/fly-machines.js';
import { ask, fieldsOf } from '../../support/proxy-client.js';

const routingServer = fileURLToPath(new URL('../../support/fixtures/routing-server.mjs', import.meta.url));

test('machines of the emulator are router and target: put to sleep by the proxy, resumed with memory, booted after a stop', async () => {
  await using fly = await withFlyEmulator({
    app: 'projects',
    controlPlaneApp: 'router',
    projectServer: { command: process.execPath, args: [routingServer] },
  });
  const router = await startedMachine({ ...fly, app: 'router' });
  const target = await startedMachine(fly, { services: [{ ...service, autostart: true, autostop: 'suspend' }] });
  const proxy = await startProxy({
    machines: fly.machines,
    machineApp: 'projects',
    controlPlane: { app: 'router' },
    autostop: { passMs: 3_600_000, idleMs: 0 },
  });
  await using _ = { [Symbol.asyncDispose]: () => proxy.stop() };
  const use = async () => {
    const { status, body } = await ask(proxy.port, { headers: { host: 'a.localhost', 'x-machine': target.id } });
    expect(status).toBe(200);
    return JSON.parse(body);
  };
  const first = await use();
  expect(first).toMatchObject({ machine: target.id, count: 1 });
  expect(fieldsOf(first.source)).toMatchObject({ instance: router.id, region: 'sjc' });
  expect(await proxy.autostopPass()).toEqual([target.id]);
  expect((await getMachine(fly, target.id)).state).toBe('suspended');
  expect((await use()).count).toBe(2);
  await tell(fly, target.id, 'stop');
  expect((await use()).count).toBe(1);
  const starts = (await getMachine(fly, target.id)).events.filter(({ status }) => status === 'starting');
  expect(starts[0]?.source).toBe('proxy');
});
