import { afterEach, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/failure/exit-codes.js';
import { valet } from '../support/cli.js';
import { leastEnv } from '../support/config.js';
import { OutwardCalls } from '../support/outward-calls.js';
import { forwardPostgres } from '../support/postgres-forwarder.js';
import { activeProject, environment, eventsOf, type TestRows, testRows } from '../support/rows.js';
import { closedPort, startScriptedServer } from '../support/scripted-server.js';
import { startTestServer, TestServing } from '../support/server.js';

const secret = leastEnv.CONTROL_PLANE_SECRET;
const opened = new Set<AsyncDisposable>();

afterEach(async () => {
  for (const resource of [...opened].toReversed()) await resource[Symbol.asyncDispose]();
  opened.clear();
});

function use<T extends AsyncDisposable>(resource: T): T {
  opened.add(resource);
  return resource;
}

type Ran = Awaited<ReturnType<typeof valet>>;

/** A sentence, perhaps what to do next, and a code; nothing on stdout, no stack trace and no secret. */
function expectAnswer(ran: Ran, code: string, exitCode: number, says: RegExp): void {
  expect(ran).toMatchObject({ exitCode, stdout: '' });
  expect(ran.stderr).toMatch(/^Error: .+[.:]\n/m);
  expect(ran.stderr).toMatch(says);
  expect(ran.stderr).toMatch(new RegExp(`\nCode: ${code}$`));
  expect(ran.stderr).not.toMatch(/^ +at /m);
  expect(ran.stderr).not.toContain(secret);
}

const over = (url: string) => valet(['projects', 'list'], { VALET_URL: url, CONTROL_PLANE_SECRET: secret });

test('nobody listens, no such name, no TLS: each is unavailable and says which address was asked', async () => {
  const plain = use(await startScriptedServer([]));
  const port = await closedPort();
  const [refused, unnamed, tls] = await Promise.all([
    over(`http://127.0.0.1:${port}`),
    over('http://valet.invalid'),
    over(plain.url.replace('http:', 'https:')),
  ]);
  expectAnswer(
    refused,
    'valet_unreachable',
    exitCodes.unavailable,
    new RegExp(`127\\.0\\.0\\.1:${port}/.*ECONNREFUSED`),
  );
  expectAnswer(unnamed, 'valet_unreachable', exitCodes.unavailable, /valet\.invalid.*(ENOTFOUND|EAI_AGAIN)/);
  expectAnswer(tls, 'valet_unreachable', exitCodes.unavailable, /https:\/\/127\.0\.0\.1/);
});

test('what answers is not Valet: a page, no JSON, half an answer, a bare 502', async () => {
  const answers = [
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' },
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"projects": [' },
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"projects": "none"}' },
    { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' },
  ];
  for (const answer of answers) {
    const server = use(await startScriptedServer(Array.from({ length: 5 }, () => answer)));
    expectAnswer(await over(server.url), 'valet_unreachable', exitCodes.unavailable, /Check|URL|HTTP 502/);
  }
});

test('a database that is not there is unavailable, also with --json, and DEBUG alone shows more', async () => {
  const DATABASE_URL = `postgres://valet:hunter2@127.0.0.1:${await closedPort()}/valet`;
  const ran = await valet(['projects', 'list'], { ...leastEnv, DATABASE_URL });
  expectAnswer(ran, 'database_unavailable', exitCodes.unavailable, /ECONNREFUSED|database/);
  expect(ran.stderr).not.toContain('may have been made');
  expect(ran.stderr).not.toContain('hunter2');
  const json = await valet(['projects', 'list', '--json'], { ...leastEnv, DATABASE_URL });
  expect(json).toMatchObject({ exitCode: exitCodes.unavailable, stderr: '' });
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'database_unavailable' } });
});

test('a database that goes away before, or in the middle of, a change: nothing is done that is not said', async () => {
  const rows: TestRows = use(await testRows());
  await activeProject(rows, 'demo');
  const calls = new OutwardCalls();
  const isHold = (sql: string) => (/insert into events.*'held'|'held', id/s.test(sql) ? 'hold' : null);
  const database = use(await forwardPostgres(rows.database.url, calls, isHold));
  const env = {
    ...leastEnv,
    DATABASE_URL: database.url,
    DATABASE_DIRECT_URL: rows.database.url,
    VALET_ENVIRONMENT: environment,
    VALET_FLY_APP: 'app',
  };
  const before = await eventsOf(rows, 'demo');
  calls.intervene(() => 'cut');
  const cut = await valet(['projects', 'hold', 'demo', '--for', '2h'], env);
  expect(calls.made).toContain('hold');
  expectAnswer(cut, 'database_unavailable', exitCodes.unavailable, /database/i);
  expect(await eventsOf(rows, 'demo')).toEqual(before);
  calls.intervene(() => 'lose_answer');
  const lost = await valet(['projects', 'hold', 'demo', '--for', '2h'], env);
  expectAnswer(lost, 'database_unavailable', exitCodes.unavailable, /may have been made: look before you ask again/);
  expect(await eventsOf(rows, 'demo')).toHaveLength(before.length + 1);
});

test('a secret that is wrong or has expired ends with 77, over HTTP with what to do', async () => {
  const { port } = use(await startTestServer(new TestServing()));
  expectAnswer(await over(`http://127.0.0.1:${port}`), 'unauthorized', exitCodes.unauthorized, /bearer secret/);
});

test('a server that ends the connection in the middle of a change leaves it open whether that was made', async () => {
  const server = use(await startScriptedServer(['drop']));
  const env = { VALET_URL: server.url, CONTROL_PLANE_SECRET: secret };
  const ran = await valet(['projects', 'archive', 'demo'], env);
  expect(ran.stderr.split('\n')[0]).toBe('Archiving demo …');
  const looked = use(await startScriptedServer(['drop']));
  const read = await valet(['projects', 'get', 'demo'], { ...env, VALET_URL: looked.url });
  expect(read.stderr).not.toContain('may have been made');
  const said = ran.stderr.split('\n').slice(1).join('\n');
  expectAnswer({ ...ran, stderr: said }, 'valet_unreachable', exitCodes.unavailable, /may have been made/);
});
