import { expect, it } from 'vitest';
import { serverStatusSchema } from '../../src/sdk/resources.js';
import { viewOf } from '../support/routing.js';
import { ask, asOperator, startTestServer, TestServing } from '../support/server.js';

const hourMs = 3_600_000;
const status = async (port: number) =>
  serverStatusSchema.parse((await ask(port, { path: '/api/server', headers: asOperator })).json);

it('an operator sees how the instance that answers is doing', async () => {
  const serving = new TestServing({}, viewOf('demo', 'dormant'));
  const gate = Promise.withResolvers<null>();
  serving.tasks.push(
    { name: 'tidy', lock: 102, periodMs: hourMs, deadlineMs: hourMs, run: async () => 'tidied' },
    { name: 'sweep', lock: 101, periodMs: hourMs, deadlineMs: hourMs, run: () => gate.promise },
  );
  await using bench = await startTestServer(serving);
  while ((await status(bench.port)).loops[0]?.last_run === null);
  bench.clock.pass(60);
  const { loops, ...instance } = await status(bench.port);
  expect(instance).toEqual({
    instance: 'instance-of-the-test',
    version: '1.2.3',
    uptime_secs: 60,
    stopping: false,
    listening: true,
    degraded: false,
    in_flight: 1,
    held: 0,
    locks: ['sweep'],
  });
  expect(loops).toEqual([
    {
      name: 'tidy',
      stuck: false,
      running_secs: null,
      next_in_secs: expect.closeTo(3_540, -3),
      last_run: { outcome: 'done', ended_secs_ago: 60, took_secs: 0 },
      last_success_secs_ago: 60,
      runs: { done: 1, idle: 0, skipped: 0, failed: 0, aborted: 0 },
    },
    {
      name: 'sweep',
      stuck: false,
      running_secs: 60,
      next_in_secs: null,
      last_run: null,
      last_success_secs_ago: null,
      runs: { done: 0, idle: 0, skipped: 0, failed: 0, aborted: 0 },
    },
  ]);
  gate.resolve(null);
});

it('nobody else sees it', async () => {
  await using bench = await startTestServer(new TestServing());
  expect((await ask(bench.port, { path: '/api/server' })).status).toBe(401);
});
