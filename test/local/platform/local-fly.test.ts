import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
// As it was built: from the sources neither the reaper nor the project server could run.
import { type LocalFly, type LocalFlyOptions, startLocalFly } from 'valet/local';
import { afterEach, expect, test, vi } from 'vitest';
import { callFly } from '../../support/fly-emulator.js';
import { getMachine, reach, service, startedMachine } from '../../support/fly-machines.js';
import { OwnTmp } from '../../support/leftovers.js';
import { replaying, TestServer } from '../../support/proxy.js';
import { ask } from '../../support/proxy-client.js';

const routingServer = fileURLToPath(new URL('../../support/fixtures/routing-server.mjs', import.meta.url));
const projectServer = { command: process.execPath, args: [routingServer] };
const sleepy = { services: [{ ...service, autostart: true, autostop: 'suspend' }] };

afterEach(() => void vi.unstubAllEnvs());

/** A folder for temporary files that this process has for itself from here on. */
async function ownTmp(): Promise<OwnTmp> {
  const tmp = await OwnTmp.make();
  vi.stubEnv('TMPDIR', tmp.dir);
  return tmp;
}

async function expectNothingLeft(tmp: OwnTmp): Promise<void> {
  expect(await tmp.files()).toEqual([]);
  expect(await tmp.processes()).toEqual([]);
}

function visit({ proxy }: LocalFly, name: string) {
  return ask(proxy.port, { headers: { host: `${name}:${proxy.port}` } });
}

test('with nothing said machines run the project server, and leaving the block ends and removes all', async () => {
  await using tmp = await ownTmp();
  let ports: readonly number[];
  {
    await using fly = await startLocalFly();
    const machine = await startedMachine(fly.emulator, { ...sleepy, env: { VALET_INTERNAL_SECRET: 'known' } });
    const name = 'valet-projects.fly.localhost';
    const headers = { host: name, authorization: 'Bearer known' };
    const status = await ask(fly.proxy.port, { path: '/internal/status', headers });
    expect(JSON.parse(status.body)).toMatchObject({ ready: true, project_id: null });
    const { urlTemplate } = fly.network;
    const inside = urlTemplate.replace('{app}', fly.emulator.app).replace('{machine_id}', machine.id);
    expect((await fetch(`${inside}/internal/status`)).status).toBe(401);
    expect(await tmp.files()).toHaveLength(1);
    expect(await tmp.processes()).not.toEqual([]);
    ports = [fly.emulator.url, fly.proxy.url, urlTemplate].map((url) => Number(new URL(url).port));
  }
  await expectNothingLeft(tmp);
  for (const port of ports) await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('stop may be repeated, also while it goes on', async () => {
  await using tmp = await ownTmp();
  const fly = await startLocalFly();
  await Promise.all([fly.stop(), fly.stop()]);
  await fly.stop();
  await expectNothingLeft(tmp);
});

test('every host name leads to the control plane app: a program of the test, or a machine', async () => {
  await using program = await new TestServer(replaying('app=projects')).listen();
  const urls = [new URL(`http://${program.address.host}:${program.address.port}`)];
  await using outside = await startLocalFly({ app: 'projects', projectServer, controlPlane: { app: 'front', urls } });
  const target = await startedMachine(outside.emulator, sleepy);
  expect(JSON.parse((await visit(outside, 'any.localhost')).body)).toMatchObject({ machine: target.id });

  await using inside = await startLocalFly({ app: 'projects', projectServer, controlPlane: { app: 'front' } });
  const front = await startedMachine({ ...inside.emulator, app: 'front' }, sleepy);
  expect(JSON.parse((await visit(inside, 'any.localhost')).body)).toMatchObject({ machine: front.id });
});

test('what the proxy refuses is logged beside the calls', async () => {
  const lines: string[] = [];
  await using program = await new TestServer(replaying('app=valet-projects;timeout=1500')).listen();
  const urls = [new URL(`http://${program.address.host}:${program.address.port}`)];
  await using fly = await startLocalFly({
    controlPlane: { app: 'front', urls },
    onLog: (line) => lines.push(line),
  });
  expect((await callFly(fly.emulator, 'GET', '/machines')).status).toBe(200);
  expect((await visit(fly, 'any.localhost')).status).toBe(502);
  expect(lines).toEqual([
    expect.stringContaining('GET /v1/apps/valet-projects/machines'),
    expect.stringMatching(/^\[P/),
  ]);
});

test('a machine that nobody uses is suspended in a minute, at the pace of Fly after some', async () => {
  await using quick = await startLocalFly({ projectServer });
  await using slow = await startLocalFly({ projectServer, pace: 'fly' });
  slow.emulator.pace.use('instant');
  const [soon, late] = await Promise.all([quick, slow].map(({ emulator }) => startedMachine(emulator, sleepy)));
  for (const { emulator } of [quick, slow]) await emulator.clock.advance(60_000);
  await reach(quick.emulator, soon?.id ?? '', 'suspended');
  // After any pass that is under way.
  await slow.proxy.autostopPass();
  expect(await getMachine(slow.emulator, late?.id ?? '')).toMatchObject({ state: 'started' });
  await slow.emulator.clock.advance(600_000);
  await reach(slow.emulator, late?.id ?? '', 'suspended');
});

test('a start that is given up before it began starts nothing', async () => {
  await using tmp = await ownTmp();
  const signal = AbortSignal.abort(new Error('No longer wanted.'));
  await expect(startLocalFly({ signal })).rejects.toThrow('No longer wanted.');
  await expectNothingLeft(tmp);
});

test('a start that is given up on the way leaves nothing', async () => {
  await using tmp = await ownTmp();
  const giveUp = new AbortController();
  const starting = startLocalFly({ signal: giveUp.signal });
  giveUp.abort(new Error('No longer wanted.'));
  await expect(starting).rejects.toThrow('No longer wanted.');
  await expectNothingLeft(tmp);
});

test.each(['port', 'proxyPort'] as const)('a %s that is taken fails the start, which leaves nothing', async (name) => {
  await using tmp = await ownTmp();
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const options: LocalFlyOptions = { [name]: port };
  await expect(startLocalFly(options)).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  await expectNothingLeft(tmp);
});

test('a control plane over TLS is refused, not reached in another way', async () => {
  const urls = [new URL('https://127.0.0.1:1')];
  await expect(startLocalFly({ controlPlane: { app: 'front', urls } })).rejects.toThrow('plain HTTP');
});
