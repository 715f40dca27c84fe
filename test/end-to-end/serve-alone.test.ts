/** `valet serve` as a process with a database and nothing else: Fly refuses, and R2 takes connections and stays silent. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningValet } from '../support/cli.js';
import { dormantProject, environment, seen, type TestRows, testRows } from '../support/rows.js';
import { closedPort } from '../support/scripted-server.js';

let rows: TestRows;
let silent: Server;
let env: Readonly<Record<string, string>>;

const secrets = {
  CONTROL_PLANE_SECRET: 'operator-secret-of-serve-alone,older-secret-of-serve-alone',
  CONTROL_PLANE_INTERNAL_SECRET: 'internal-secret-of-serve-alone',
  VALET_SEAL_KEYS: Buffer.from('sealing-key-of-32-bytes-in-serve').toString('base64'),
  VALET_FLY_TOKEN: 'FlyV1 fm2_token-of-serve-alone,fm2_second-token-of-serve-alone',
  R2_ACCESS_KEY_ID: 'access-key-of-serve-alone',
  R2_SECRET_ACCESS_KEY: 'secret-key-of-serve-alone',
};
const operator = { authorization: 'Bearer operator-secret-of-serve-alone' };

beforeAll(async () => {
  rows = await testRows();
  silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  env = {
    ...secrets,
    DATABASE_URL: rows.database.url,
    VALET_ENVIRONMENT: environment,
    VALET_FLY_APP: 'app',
    VALET_FLY_IMAGE: 'image',
    VALET_FLY_API_URL: `http://127.0.0.1:${await closedPort()}`,
    R2_ENDPOINT: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    WARM_POOL_SIZE: '0',
    CONTROL_PLANE_HOST: '127.0.0.1',
    LOG_LEVEL: 'trace',
  };
});

afterAll(async () => {
  silent?.close();
  await rows?.[Symbol.asyncDispose]();
});

interface Line {
  readonly msg: string;
  readonly level: string;
  readonly port?: number;
  readonly private_port?: number;
  readonly request_id?: string;
}

const linesOf = (serve: RunningValet): Line[] =>
  serve.said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

async function startServe(name: string) {
  const own = { ...env, VALET_INSTANCE: name };
  const serve = await RunningValet.start(['serve', '--port', '0', '--private-port', '0'], own);
  await serve.says('"msg":"ready"');
  const ready = linesOf(serve).find(({ msg }) => msg === 'ready');
  const url = `http://127.0.0.1:${ready?.port}`;
  const readiness = async () => (await fetch(`http://127.0.0.1:${ready?.private_port}/health/ready`)).status;
  return { serve, url, readiness };
}

const stateOf = async (id: string) => (await seen(rows, id)).state;

test('starts and is ready without Fly and R2; G12: no secret is in anything that it says; SIGTERM ends it with 0', async () => {
  const { serve, url, readiness } = await startServe('alone');
  await using _serve = serve;
  expect(await readiness()).toBe(200);
  const headers = { ...operator, 'content-type': 'application/json', 'fly-request-id': '01CREATE-sjc' };
  const create = await fetch(`${url}/api/projects`, { method: 'POST', headers, body: '{"id":"nowhere"}' });
  expect(create.status).toBeGreaterThanOrEqual(500);
  await fetch(`${url}/api/projects?token=query-of-serve-alone`, {
    headers: { authorization: 'Bearer wrong-of-serve-alone' },
  });

  serve.signalGroup('SIGTERM');
  expect(await serve.exited).toMatchObject({ exitCode: 0 });
  const lines = linesOf(serve);
  expect(lines.at(-1)).toMatchObject({ msg: 'stopped', level: 'info' });
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'Fly call failed',
      level: 'warn',
      request_id: '01CREATE-sjc',
      call: 'createVolume',
    }),
  );
  const { password } = new URL(rows.database.url);
  const hidden = [...Object.values(secrets).flatMap((value) => value.replace('FlyV1 ', '').split(',')), password];
  for (const secret of [...hidden, 'query-of-serve-alone', 'wrong-of-serve-alone'])
    expect(serve.said).not.toContain(secret);
});

test('SIGTERM amid a wake that hangs: not ready at once, the wake is given back, who waited is told, and it ends with 0', async () => {
  await dormantProject(rows, 'hanging');
  const { serve, url, readiness } = await startServe('leaving');
  await using _serve = serve;
  const held = fetch(`${url}/projects/hanging/`);
  await expect.poll(() => stateOf('hanging'), { interval: 20 }).toBe('waking');
  serve.signalGroup('SIGTERM');
  await expect.poll(readiness, { interval: 20 }).toBe(503);
  const answer = await held;
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await serve.exited).toMatchObject({ exitCode: 0 });
  expect(await stateOf('hanging')).toBe('dormant');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a second signal, %s, ends it at once with %i', async (second, exitCode) => {
  const id = `stuck-${exitCode}`;
  await dormantProject(rows, id);
  const { serve, url } = await startServe(id);
  await using _serve = serve;
  const held = fetch(`${url}/projects/${id}/`).catch(() => 'cut off');
  await expect.poll(() => stateOf(id), { interval: 20 }).toBe('waking');
  serve.signalGroup('SIGTERM');
  await serve.says('"msg":"stopping"');
  // One that comes right after the first is taken for its echo.
  const again = setInterval(() => serve.signalGroup(second), 150);
  const { exitCode: ended } = await serve.exited.finally(() => clearInterval(again));
  expect(ended).toBe(exitCode);
  expect(await held).toBe('cut off');
});
