import { expect, test } from 'vitest';
import { checkGroups } from '../../src/cli/flags/check-server.js';
import { checkView } from '../../src/cli/views/check-report.js';
import DevCheckServer from '../../src/commands/dev/check-server.js';
import { groups } from '../../src/local/check-server/claim.js';
import { runCommand } from '../support/commands.js';
import { faultyServer, reply } from '../support/faulty-server.js';
import { internalSecret, makeDataDir, runProjectServer } from '../support/project-server.js';

const env = { VALET_INTERNAL_SECRET: internalSecret };

async function run() {
  const data = await makeDataDir();
  const server = await runProjectServer(data.dir);
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await data[Symbol.asyncDispose]();
    },
  };
}

test('dev check-server says what it is about to do, what holds, and ends with 0', async () => {
  await using server = await run();
  const argv = [server.client.url, '--only', 'epochs', '--only', 'paths'];
  const { stdout, stderr, exitCode } = await runCommand(DevCheckServer, argv, { env, columns: 80 });
  expect(stderr).toMatch(/a full server\. It becomes project valet-check-\w+, and its data is replaced\./);
  expect(stdout).toContain('  ok Every POST with an epoch smaller than the largest is refused with 409.');
  expect(stdout).toMatch(/6 hold, 0 do not, 0 were not checked\. Every must/);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('dev check-server ends with 1 when a must does not hold, and tells what was sent and what came back', async () => {
  await using server = await run();
  const isWrong = (path: string, secret: string | undefined) => path === '/internal/resume' && secret === undefined;
  await using faulty = await faultyServer(
    () => server.server.port,
    async (call, forward) => (isWrong(call.path, call.headers.authorization) ? reply(204, {}) : forward(call)),
  );
  const ran = await runCommand(DevCheckServer, [faulty.url, '--only', 'secrets', '--json'], { env });
  expect(ran.exitCode).toBe(1);
  const report = JSON.parse(ran.stdout);
  expect(report).toMatchObject({ ok: false, counts: { does_not_hold: 1 }, server: 'full', url: faulty.url });
  expect(report.claims[0]).toEqual({
    id: 'secrets.missing',
    group: 'secrets',
    level: 'must',
    claim: 'Every call without a secret is answered 401.',
    outcome: 'does_not_hold',
    why: null,
    sent: 'POST /internal/resume, without a secret',
    got: '204; wanted 401',
  });
});

test('dev check-server leaves a server alone that is a project’s, until that very project is named', async () => {
  await using server = await run();
  await server.client.configure(7, 'demo');
  await server.client.put('a', 'precious');
  const refused = await runCommand(DevCheckServer, [server.client.url], { env });
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--project demo --epoch 7') });
  expect((await server.client.get('a')).text).toBe('precious');
  const named = [server.client.url, '--project', 'demo', '--epoch', '7', '--only', 'configure'];
  expect(await runCommand(DevCheckServer, named, { env })).toMatchObject({ exitCode: 0 });
});

test('dev check-server tells apart no server, a wrong secret, no secret and flags that make no sense', async () => {
  await using server = await run();
  const { url } = server.client;
  const ran = async (argv: string[], variables: Readonly<Record<string, string>> = env) => {
    const { exitCode, stderr } = await runCommand(DevCheckServer, argv, { env: variables });
    return `${exitCode} ${stderr.match(/Code: (\w+)/)?.[1]}`;
  };
  expect(await ran(['http://127.0.0.1:1'])).toBe('5 machine_unreachable');
  expect(await ran([url], { VALET_INTERNAL_SECRET: 'another' })).toBe('77 unauthorized');
  expect(await ran([url], {})).toBe('77 unauthorized');
  expect(await ran(['ftp://127.0.0.1'])).toBe('2 request_invalid');
  expect(await ran([url, '--write-path', '/kv'])).toBe('2 request_invalid');
  expect(await ran([url, '--listen', '9400'])).toBe('2 request_invalid');
  expect(await ran([url, '--listen', `127.0.0.1:${server.server.port}`])).toBe('1 port_in_use');
  expect(await ran([url, '--only', 'restarts', '--restart', 'exit 3'])).toBe('1 local_platform_failed');
});

test('the groups that --only takes are those of the claims', () => {
  expect(checkGroups).toEqual(groups);
});

test('a long answer is broken between words, and so that nothing is wider than the terminal', () => {
  const claim = { id: 'a.b', group: 'a', level: 'must', claim: 'It does.', why: null, sent: 'GET /' } as const;
  const claims = [{ ...claim, outcome: 'does_not_hold', got: `500 ${'word '.repeat(30)}${'x'.repeat(200)}` }] as const;
  const counts = { holds: 0, does_not_hold: 1, not_checked: 0 };
  const view = checkView({ url: 'http://x', server: 'full', ok: false, counts, claims }, 60);
  expect(view.split('\n').filter((line) => line.length > 60)).toEqual([]);
  expect(view).toContain('  NO It does. (a.b)\n       Sent: GET /\n       Got: 500 word');
});
