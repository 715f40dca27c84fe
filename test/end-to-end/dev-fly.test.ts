import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { RunningValet, valet } from '../support/cli.js';
import { control } from '../support/fly-control.js';
import { callFly } from '../support/fly-emulator.js';
import { reach, service, startedMachine, tell } from '../support/fly-machines.js';
import { replaying, TestServer } from '../support/proxy.js';
import { ask } from '../support/proxy-client.js';
import { RunningFly } from '../support/running-fly.js';

const server = fileURLToPath(new URL('../support/fixtures/routing-server.mjs', import.meta.url));
const image = 'acme/program';
const images = ['--image', `${image}='${process.execPath}' '${server}'`];
const sleepy = { image: `${image}:1`, services: [{ ...service, autostart: true, autostop: 'suspend' }] };

async function expectNothingLeft({ tmp }: RunningValet): Promise<void> {
  await expect.poll(() => tmp.processes(), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => tmp.files(), { timeout: 20_000 }).toEqual([]);
}

/** The machines' processes; the command line of `valet` names the program too. */
async function programs({ valet }: RunningFly): Promise<string[]> {
  return (await valet.tmp.processes()).filter((line) => line.includes(server) && !line.includes('--image'));
}

/** What the program says that answers for this host name. */
async function visit({ proxyPort }: RunningFly, name: string, headers: Readonly<Record<string, string>> = {}) {
  const { status, body } = await ask(proxyPort, { headers: { host: `${name}:${proxyPort}`, ...headers } });
  return { status, body: body === '' ? undefined : JSON.parse(body) };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'dev fly --json says one line, runs machines that answer through the proxy, and %s ends it with 0 and leaves nothing',
  async (signal) => {
    await using fly = await RunningFly.start(images);
    const machine = await startedMachine(fly, sleepy);
    expect(await visit(fly, 'projects.fly.localhost')).toMatchObject({
      status: 200,
      body: { machine: machine.id, count: 1 },
    });
    expect(await programs(fly)).toHaveLength(1);

    fly.valet.signalGroup(signal);
    expect(await fly.valet.exited).toMatchObject({ exitCode: 0 });
    const line = JSON.stringify({ api: fly.url, proxy: `http://127.0.0.1:${fly.proxyPort}`, token: fly.token });
    expect(fly.valet.said).toBe(`${line}\n`);
    expect(await fly.valet.tmp.processes()).toEqual([]);
    expect(await fly.valet.tmp.files()).toEqual([]);
    await expect(fetch(fly.url)).rejects.toThrow();
    await expect(ask(fly.proxyPort)).rejects.toThrow();
  },
);

test('a machine of the control plane app is the router: it replays to machines of other apps', async () => {
  await using fly = await RunningFly.start(['--control-plane-app', 'router', ...images]);
  const router = await startedMachine(fly.at('router'), sleepy);
  const target = await startedMachine(fly, sleepy);
  const { body } = await visit(fly, 'anything.localhost', { 'x-machine': target.id });
  expect(body).toMatchObject({ machine: target.id, count: 1, source: expect.stringContaining(router.id) });
});

test('programs outside are the router, in turn, and what is unconfirmed of the proxy changes while it runs', async () => {
  let header = '';
  const asked: string[] = [];
  const router = (name: string) =>
    new TestServer((request, response) => {
      asked.push(name);
      replaying(header)(request, response);
    }).listen();
  await using first = await router('first');
  await using second = await router('second');
  const urls = [first, second].map(({ address }) => `http://${address.host}:${address.port}`);
  const controlPlane = urls.flatMap((url) => ['--control-plane', url]);
  await using fly = await RunningFly.start([...images, ...controlPlane]);
  const { id } = await startedMachine(fly, sleepy);
  header = `app=projects;instance=${id};timeout=15000`;
  expect(await visit(fly, 'anything.localhost')).toMatchObject({ status: 502 });
  expect(await control(fly, 'POST', '/unconfirmed', { unitlessTimeout: 'milliseconds' })).toMatchObject({
    status: 200,
  });
  expect(await visit(fly, 'anything.localhost')).toMatchObject({ status: 200, body: { machine: id } });
  expect(asked).toEqual(['first', 'second']);
});

test('two run at once, each on ports and with a token of its own', async () => {
  const starting = [RunningFly.start(), RunningFly.start()] as const;
  await using one = await starting[0];
  await using other = await starting[1];
  expect((await callFly(one, 'GET', '/machines')).status).toBe(200);
  expect((await callFly({ ...one.at('projects'), token: other.token }, 'GET', '/machines')).status).toBe(401);
  expect(new Set([one.url, other.url, String(one.proxyPort), String(other.proxyPort)]).size).toBe(4);
});

test('ports, token and names are those that were asked for, at the pace and with the limits of Fly', async () => {
  const [port, proxyPort] = await twoFreePorts();
  const names = ['--token', 'my.token', '--org', 'acme', '--control-plane-app', 'front'];
  const ports = ['--port', String(port), '--proxy-port', String(proxyPort)];
  await using fly = await RunningFly.start([...names, ...ports, '--pace', 'fly', '--rate-limits'], 'web');
  expect(fly).toMatchObject({ url: `http://127.0.0.1:${port}`, proxyPort, token: 'my.token' });
  expect((await control(fly, 'GET')).body).toMatchObject({
    org: 'acme',
    apps: [{ name: 'web' }, { name: 'front' }],
    pace: { profile: 'fly' },
    rate_limits: { on: true },
  });
  const beginMs = performance.now();
  const starts = Array.from({ length: 4 }, () => callFly(fly, 'POST', '/machines/0123456789abcd/start'));
  const statuses = (await Promise.all(starts)).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([404, 404, 404, 429]);
  // The quickest answer that this pace knows.
  expect(performance.now() - beginMs).toBeGreaterThan(30);
});

test('killed, it leaves nothing for long, suspended machines neither', async () => {
  await using fly = await RunningFly.start(images);
  await startedMachine(fly, sleepy);
  const { id } = await startedMachine(fly, sleepy);
  await tell(fly, id, 'suspend');
  await reach(fly, id, 'suspended');
  expect(await programs(fly)).toHaveLength(2);
  fly.valet.signalGroup('SIGKILL');
  expect(await fly.valet.exited).toMatchObject({ signal: 'SIGKILL' });
  await expectNothingLeft(fly.valet);
});

test('a parent that closes its stdin is no reason to end', async () => {
  await using fly = await RunningFly.start(images);
  fly.valet.closeStdin();
  await startedMachine(fly, sleepy);
  expect(await visit(fly, 'projects.fly.localhost')).toMatchObject({ status: 200, body: { count: 1 } });
});

test.each(['port', 'proxy-port'])('a port that is taken is one message that names it and --%s', async (flag) => {
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = portOf(taken);
  await using fly = await RunningValet.start(['dev', 'fly', `--${flag}`, String(port)]);
  expect(await fly.exited).toMatchObject({ exitCode: 1, stdout: '' });
  expect(fly.said).toBe(
    `Error: Port ${port} is taken by another program.\nChoose another with --${flag}; 0 takes a free one.\nCode: port_in_use\n`,
  );
  await expectNothingLeft(fly);
});

test('with --json a refusal is JSON, on stdout alone', async () => {
  const { exitCode, stdout, stderr } = await valet(['dev', 'fly', '--json', '--token', 'two words']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'request_invalid' } });
});

test('its help fits 80 columns and names every flag', async () => {
  const { stdout } = await valet(['dev', 'fly', '--help']);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const [flagsOnly = ''] = stdout.split('DESCRIPTION');
  const flags = [...flagsOnly.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  expect(flags).toEqual([
    'app',
    'control-plane',
    'control-plane-app',
    'image',
    'org',
    'pace',
    'port',
    'proxy-port',
    'rate-limits',
    'token',
    'json',
  ]);
});

const noCurl = spawnSync('curl', ['--version']).error !== undefined;

test.skipIf(noCurl)('what its screen says to run works as it stands there', async () => {
  await using dev = await RunningValet.start(['dev', 'fly']);
  await dev.says('Ctrl-C stops everything');
  const commands = dev.said.match(/^ {2}.*$/gm)?.join('\n') ?? '';
  const script = commands.replaceAll('curl', String.raw`curl -fsSw '\n'`);
  const { stdout } = await promisify(execFile)('sh', ['-ec', script]);
  const [created, listed, status, clock] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(listed).toMatchObject([{ id: created.id, config: { image: 'any/image:1' } }]);
  expect(status).toMatchObject({ ready: true, project_id: null });
  expect(clock).toMatchObject({ held: false });
  const [, url = '', app = ''] = /API=(http:\S+)\/v1\/apps\/(\S+)/.exec(commands) ?? [];
  const [, token = ''] = /Bearer (local-\w+)/.exec(commands) ?? [];
  await reach({ url, app, token }, created.id, 'suspended');
  dev.signalGroup('SIGINT');
  expect(await dev.exited).toMatchObject({ exitCode: 0 });
  expect(dev.said).toMatch(/stopping\nstopped; nothing is left behind\n$/);
});

/** Both held until both are known, so that they differ. */
async function twoFreePorts(): Promise<readonly [number, number]> {
  await using one = createServer().listen(0, '127.0.0.1');
  await using other = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(one, 'listening'), once(other, 'listening')]);
  return [portOf(one), portOf(other)];
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
