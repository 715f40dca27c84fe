import { expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { ask, startTestServer, TestServing } from '../support/server.js';

const ready = (port: number) => ask(port, { path: '/health/ready' });

it('an instance is ready when nothing is wrong', async () => {
  await using bench = await startTestServer(new TestServing());
  const checks = { serving: null, database: null, changes: null, loops: null };
  expect(await ready(bench.privatePort)).toMatchObject({ status: 200, json: { ready: true, checks } });
});

it('an instance is not ready without its database, and says only what is public', async () => {
  const serving = new TestServing();
  await using bench = await startTestServer(serving);
  serving.databaseFault = new ValetError('database_not_migrated', 'The database is at version 3 of 5.');
  const notMigrated = await ready(bench.privatePort);
  expect(notMigrated).toMatchObject({
    status: 503,
    json: { checks: { database: 'The database is at version 3 of 5.' } },
  });
  serving.databaseFault = new Error('password=hunter2');
  expect((await ready(bench.privatePort)).text).not.toContain('hunter2');
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
  bench.clock.pass(1_100);
  expect(await ready(bench.privatePort)).toMatchObject({ status: 503, json: { checks: { loops: 'Stuck: tidy.' } } });
  for (const release of releases) release();
});

it('readiness is not answered in public, and nothing else in private', async () => {
  await using bench = await startTestServer(new TestServing());
  expect((await ready(bench.port)).status).toBe(404);
  expect((await ask(bench.privatePort, { path: '/api/pool' })).status).toBe(404);
});
