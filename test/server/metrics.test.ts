import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { flyCalls } from '../../src/sdk/fly/endpoints.js';
import { runOutcomeSchema } from '../../src/sdk/resources.js';
import { RoutingCounts } from '../../src/sdk/routing/counts.js';
import type { ProjectView } from '../../src/sdk/routing/ports.js';
import { flyStatus, flyStatuses } from '../../src/server/metrics/labels.js';
import { Metrics } from '../../src/server/metrics/metrics.js';
import { readExposition, sampleOf } from '../support/exposition.js';
import { until, viewOf } from '../support/routing.js';
import { ask, asOperator, machineSecret, operatorSecret, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';

/** Read by its rules: what is no exposition fails here. */
async function scrape(port: number) {
  const answer = await ask(port, { path: '/metrics' });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
  });
  const families = readExposition(answer.text);
  const of = (name: string, labels: Record<string, string> = {}) => sampleOf(families, name, labels);
  return { families, of, text: answer.text };
}

/** Everything there is to tell, with a region that nobody has configured. */
function tellAll({ telemetry }: Metrics, region = 'sjc'): void {
  for (const call of flyCalls)
    for (const status of [200, 302, 404, 418, 429, 503, null])
      telemetry.flyCall({ call, target: 'm-secret', attempt: 1, status, queuedMs: 10, durationMs: 20, cause: null });
  for (const kind of ['warm', 'cold', 'resumed', 'on_volume', 'none'] as const)
    for (const outcome of ['ok', 'failed', 'given_up'] as const) telemetry.wake({ kind, outcome, durationMs: 700 });
  for (const outcome of ['hit', 'miss'] as const) telemetry.claim({ outcome, region });
  telemetry.archive({ outcome: 'archived', durationMs: 1_500, bytes: 70_000 });
  telemetry.archive({ outcome: 'failed', durationMs: 1_500, bytes: null });
  telemetry.sweep({ outcome: 'done', archived: 3, kept: 2, failed: 1, leftOver: 4 });
}

function tidying(serving: TestServing, run: () => Promise<string | null>): void {
  serving.tasks.push({ name: 'sweep', lock: 101, periodMs: 3_600_000, deadlineMs: 3_600_000, run });
}

describe('a scrape', () => {
  it('shows what has happened since the one before', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'), viewOf('awake'));
    const gate = Promise.withResolvers<ProjectView>();
    serving.waker.answer = () => gate.promise;
    tidying(serving, async () => 'two archived');
    const metrics = new Metrics({ regions: ['fra'] });
    await using bench = await startTestServer(serving, {}, metrics);
    const before = await scrape(bench.privatePort);
    expect(before.of('valet_held_requests')).toBe(0);
    expect(before.of('valet_route_cache_entries', { kind: 'project' })).toBe(0);
    const held = ask(bench.port, { host });
    await until('one held', () => serving.waker.calls.length === 1);
    await ask(bench.port, { host: 'awake.valet.test' });
    await ask(bench.port, { host: 'nobody.valet.test' });
    serving.loads = { ...serving.loads, flyWaiting: 7, database: { busy: 2, idle: 1, waiting: 5 } };
    bench.clock.pass(60);
    tellAll(metrics);
    const { of } = await scrape(bench.privatePort);
    expect([of('valet_held_requests'), of('valet_requests_in_flight')]).toEqual([1, 1]);
    expect(of('valet_route_cache_entries', { kind: 'project' })).toBe(2);
    expect(of('valet_route_cache_entries', { kind: 'unknown' })).toBe(1);
    expect(of('valet_activity_pending')).toBe(1);
    expect([of('valet_fly_waiting_calls'), of('valet_database_waiting')]).toEqual([7, 5]);
    expect(of('valet_task_runs_total', { task: 'sweep', outcome: 'done' })).toBe(1);
    expect(of('valet_task_last_success_age_seconds', { task: 'sweep' })).toBe(60);
    expect(of('valet_wake_duration_seconds_count', { kind: 'warm', outcome: 'ok' })).toBe(1);
    expect(of('valet_wake_duration_seconds_sum', { kind: 'warm', outcome: 'ok' })).toBe(0.7);
    expect(of('valet_archive_bytes_sum')).toBe(70_000);
    expect(of('valet_sweep_projects_total', { result: 'archived' })).toBe(3);
    expect(of('valet_fly_calls_total', { call: 'getMachine', status: '404' })).toBe(1);
    gate.resolve(viewOf('demo'));
    await held;
    expect((await scrape(bench.privatePort)).of('valet_held_requests')).toBe(0);
  });

  it('shows what the router and the connections have counted', async () => {
    const counts = new RoutingCounts();
    counts.decided.replay = 5;
    counts.cache.stale = 2;
    counts.reads.statements = 1;
    counts.reads.ids = 64;
    const serving = new TestServing();
    const load = { held: 0, cachedRoutes: 0, cachedUnknown: 0, pendingReads: 3, pendingActivity: 0, degraded: true };
    using metrics = new Metrics({ regions: [] });
    const router = { counts, load };
    const connections = { open: 4, dropped: 3, cut: 2 };
    const idle = { loops: { all: [] }, inFlight: { count: 0 }, version: '1', now: () => 0 };
    metrics.watch({ router, connections, serving, ...idle });
    const families = readExposition(await metrics.expose());
    expect(sampleOf(families, 'valet_requests_total', { decision: 'replay' })).toBe(5);
    expect(sampleOf(families, 'valet_route_cache_total', { result: 'stale' })).toBe(2);
    expect(sampleOf(families, 'valet_route_read_ids_total')).toBe(64);
    expect(sampleOf(families, 'valet_route_reads_pending')).toBe(3);
    expect(sampleOf(families, 'valet_routes_degraded')).toBe(1);
    expect(sampleOf(families, 'valet_connections')).toBe(4);
    expect(sampleOf(families, 'valet_connections_refused_total', { reason: 'full' })).toBe(3);
    expect(sampleOf(families, 'valet_connections_refused_total', { reason: 'unread' })).toBe(2);
  });

  it('shows the pool by region and state, against its target', async () => {
    const serving = new TestServing();
    const counts = { provisioning: 1, outdated: 0, shortfall: 0 };
    serving.pool.push(
      { region: 'fra', ready: 2, target: 3, ...counts },
      { region: 'old', ready: 4, target: 0, ...counts },
    );
    await using bench = await startTestServer(serving, {}, new Metrics({ regions: ['fra'] }));
    const { of } = await scrape(bench.privatePort);
    expect(of('valet_pool_machines', { region: 'fra', state: 'ready' })).toBe(2);
    expect(of('valet_pool_machines', { region: 'other', state: 'ready' })).toBe(4);
    expect(of('valet_pool_target', { region: 'fra' })).toBe(3);
    expect(of('valet_pool_read_failed')).toBe(0);
  });

  it('is answered without the database, less what only that knows', async () => {
    const serving = new TestServing();
    serving.databaseFault = new ValetError('database_unavailable', 'The database does not answer.');
    await using bench = await startTestServer(serving);
    const { families, of } = await scrape(bench.privatePort);
    expect(of('valet_pool_read_failed')).toBe(1);
    expect(families.get('valet_pool_machines')?.samples).toEqual([]);
    expect(families.get('valet_pool_target')?.samples).toEqual([]);
    expect(of('valet_listen_healthy')).toBe(1);
  });

  it('asks the database seldom, however many ask for it', async () => {
    const serving = new TestServing();
    let reads = 0;
    serving.poolRegions = async () => {
      reads += 1;
      return [];
    };
    await using bench = await startTestServer(serving);
    await Promise.all(Array.from({ length: 20 }, () => scrape(bench.privatePort)));
    await scrape(bench.privatePort);
    expect(reads).toBe(1);
    bench.clock.pass(6);
    await scrape(bench.privatePort);
    expect(reads).toBe(2);
  });

  it('is not answered in public', async () => {
    await using bench = await startTestServer(new TestServing());
    expect((await ask(bench.port, { path: '/metrics', headers: asOperator })).status).toBe(404);
    expect((await ask(bench.privatePort, { path: '/metrics', method: 'POST' })).status).toBe(405);
  });
});

it('two servers in one process count for themselves', async () => {
  const one = new Metrics({ regions: [] });
  await using first = await startTestServer(new TestServing(), {}, one);
  await using second = await startTestServer(new TestServing());
  tellAll(one);
  const sweeps = async (port: number) => (await scrape(port)).of('valet_sweeps_total', { outcome: 'done' });
  expect([await sweeps(first.privatePort), await sweeps(second.privatePort)]).toEqual([1, 0]);
});

it('no label has a value from outside a fixed set', async () => {
  const serving = new TestServing({}, viewOf('demo'));
  tidying(serving, async () => null);
  const counts = { ready: 1, provisioning: 1, outdated: 1, shortfall: 0, target: 1 };
  serving.pool.push({ region: 'a-stranger', ...counts }, { region: 'fra', ...counts });
  const metrics = new Metrics({ regions: ['fra', 'sjc'] });
  await using bench = await startTestServer(serving, {}, metrics);
  for (const name of ['demo', 'x-1', 'x-2']) await ask(bench.port, { host: `${name}.valet.test` });
  for (const region of ['sjc', 'xyz', 'anything-that-a-caller-sends']) tellAll(metrics, region);
  const { decided, cache } = new RoutingCounts();
  const allowed: Readonly<Record<string, readonly string[]>> = {
    call: flyCalls,
    status: flyStatuses,
    region: ['fra', 'sjc', 'other'],
    task: ['sweep'],
    decision: Object.keys(decided),
    reason: ['full', 'unread'],
    result: [...Object.keys(cache), 'archived', 'kept', 'failed'],
    outcome: [...runOutcomeSchema.options, 'ok', 'given_up', 'hit', 'miss', 'archived', 'cancelled'],
    kind: ['warm', 'cold', 'resumed', 'on_volume', 'none', 'project', 'unknown'],
    state: ['ready', 'provisioning', 'outdated', 'watched', 'running', 'queued', 'busy', 'idle'],
    stat: ['p50', 'p99', 'max'],
    version: ['1.2.3'],
  };
  const { families } = await scrape(bench.privatePort);
  const samples = [...families.values()].flatMap((family) => family.samples);
  const labels = samples.flatMap((sample) => Object.entries(sample.labels)).filter(([name]) => name !== 'le');
  expect(labels.length).toBeGreaterThan(500);
  expect(labels.filter(([name, value]) => allowed[name]?.includes(value) !== true)).toEqual([]);
});

it('G12: no secret is in a scrape, nor the name of a project or a machine', async () => {
  const serving = new TestServing({}, viewOf('demo'));
  serving.databaseFault = new Error('postgres://valet:hunter2@db');
  tidying(serving, async () => {
    throw new Error(`refused: ${operatorSecret}`);
  });
  const metrics = new Metrics({ regions: [] });
  await using bench = await startTestServer(serving, {}, metrics);
  await ask(bench.port, { host, headers: asOperator });
  await ask(bench.port, { path: '/api/pool', headers: { authorization: 'Bearer wrong-secret' } });
  tellAll(metrics, machineSecret);
  const { text } = await scrape(bench.privatePort);
  for (const secret of ['hunter2', operatorSecret, 'older-secret', 'wrong-secret', machineSecret, 'm-secret', 'demo'])
    expect(text).not.toContain(secret);
});

it.each([
  [null, 'none'],
  [201, '2xx'],
  [302, '3xx'],
  [404, '404'],
  [429, '429'],
  [418, '4xx'],
  [503, '5xx'],
  [103, 'none'],
] as const)('an answer of Fly with status %s is shown as %s', (status, shown) => {
  expect(flyStatus(status)).toBe(shown);
});
