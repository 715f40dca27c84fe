import { expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { until, viewOf } from '../support/routing.js';
import { ask, startTestServer, TestServing } from '../support/server.js';

const ready = (port: number) => ask(port, { path: '/health/ready' });
const away = new ValetError('database_unavailable', 'The database does not answer: refused.');

it('an instance is ready when nothing is wrong', async () => {
  await using bench = await startTestServer(new TestServing());
  const checks = { serving: null, database: null, changes: null, loops: null };
  const answer = await ready(bench.privatePort);
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  expect(answer.json).toEqual({ ready: true, degraded: false, checks });
});

it('an instance is not ready without its database, and says only what is public', async () => {
  const serving = new TestServing();
  await using bench = await startTestServer(serving);
  serving.databaseFault = new ValetError('database_not_migrated', 'The database is at version 3 of 5.');
  expect(await ready(bench.privatePort)).toMatchObject({
    status: 503,
    json: { degraded: false, checks: { database: 'The database is at version 3 of 5.' } },
  });
  serving.databaseFault = new Error('password=hunter2');
  bench.clock.pass(1);
  const unforeseen = await ready(bench.privatePort);
  expect(unforeseen.json).toMatchObject({ checks: { database: 'The database does not answer.' } });
  expect(unforeseen.text).not.toContain('hunter2');
});

it('G9: while the database is away an instance says that it routes from memory, and no longer when it is back', async () => {
  const serving = new TestServing({}, viewOf('demo'));
  await using bench = await startTestServer(serving);
  const route = () => ask(bench.port, { host: 'demo.valet.test' });
  await route();
  serving.routes.away = true;
  bench.clock.pass(61);
  expect((await route()).headers['fly-replay']).toBeDefined();
  expect(await ready(bench.privatePort)).toMatchObject({ status: 200, json: { degraded: true } });
  serving.databaseFault = away;
  bench.clock.pass(1);
  expect(await ready(bench.privatePort)).toMatchObject({ status: 503, json: { ready: false, degraded: true } });
  serving.routes.away = false;
  serving.databaseFault = undefined;
  bench.clock.pass(2);
  await route();
  expect(await ready(bench.privatePort)).toMatchObject({ status: 200, json: { ready: true, degraded: false } });
});

it('however many ask, the database is asked once a second', async () => {
  const serving = new TestServing();
  let checks = 0;
  serving.checkDatabase = async () => {
    checks += 1;
  };
  await using bench = await startTestServer(serving);
  await Promise.all(Array.from({ length: 20 }, () => ready(bench.privatePort)));
  await ready(bench.privatePort);
  expect(checks).toBe(1);
  bench.clock.pass(1);
  await ready(bench.privatePort);
  expect(checks).toBe(2);
});

it('an instance is not ready while news of changes may be lost', async () => {
  const serving = new TestServing();
  await using bench = await startTestServer(serving);
  serving.routes.healthy = false;
  expect(await ready(bench.privatePort)).toMatchObject({ status: 503, json: { ready: false } });
});

it('an instance is not ready with a stuck loop', async () => {
  const serving = new TestServing();
  const run = () => new Promise<null>((resolve) => releases.push(() => resolve(null)));
  const releases: (() => void)[] = [];
  serving.tasks.push({ name: 'tidy', lock: 100, periodMs: 3_600_000, deadlineMs: 1_000_000, run });
  await using bench = await startTestServer(serving);
  await until('the run', () => releases.length === 1);
  bench.clock.pass(1_100);
  expect(await ready(bench.privatePort)).toMatchObject({ status: 503, json: { checks: { loops: 'Stuck: tidy.' } } });
  for (const release of releases) release();
});

it('being alive asks neither the database nor anything else', async () => {
  const serving = new TestServing();
  await using bench = await startTestServer(serving);
  serving.databaseFault = away;
  serving.routes.away = true;
  serving.routes.healthy = false;
  serving.checkDatabase = () => Promise.reject(new Error('nobody was to ask'));
  expect(await ask(bench.port, { path: '/health' })).toMatchObject({ status: 200, json: { status: 'ok' } });
  expect(serving.routes.reads).toEqual([]);
});

it('readiness is not answered in public, and nothing else in private', async () => {
  await using bench = await startTestServer(new TestServing());
  expect((await ready(bench.port)).status).toBe(404);
  for (const path of ['/api/pool', '/api/server', '/', '/toString', '/metrics/'])
    expect((await ask(bench.privatePort, { path })).status, path).toBe(404);
});
