import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Serving } from '../../src/sdk/serving.js';
import type { BackgroundTask } from '../../src/sdk/upkeep/task.js';
import type { ServerConfig } from '../../src/server/config.js';
import { FakeValet, sampleCreated } from '../support/fake-valet.js';
import type { Instance } from '../support/instance.js';
import { until } from '../support/routing.js';
import { ask, asOperator, startTestServer, type TestServer } from '../support/server.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

/** An instance with its server. */
interface Served extends AsyncDisposable {
  readonly instance: Instance;
  readonly server: TestServer;
}

type Parts = (own: Serving) => Partial<Serving>;

let platform: TestPlatform;
let one: Served;
let two: Served;

beforeAll(async () => {
  platform = await testPlatform();
  one = await served();
  two = await served();
});

afterAll(async () => {
  await one?.[Symbol.asyncDispose]();
  await two?.[Symbol.asyncDispose]();
  await platform?.[Symbol.asyncDispose]();
});

/** With no background tasks but those given, so that nothing happens unasked. */
async function served(parts: Parts = () => ({}), config: Partial<ServerConfig> = {}): Promise<Served> {
  const instance = await platform.controlPlane();
  const { serving } = instance;
  const server = await startTestServer({ ...serving, tasks: [], ...parts(serving) }, config);
  return {
    instance,
    server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await instance[Symbol.asyncDispose]();
    },
  };
}

const visit = ({ server }: Served, id: string, requestId = `visit-${id}`) =>
  ask(server.port, { host: `${id}.valet.test`, headers: { 'fly-request-id': requestId } });

const call = ({ server }: Served, method: string, path: string, requestId: string, body?: object) =>
  ask(server.port, {
    method,
    path,
    headers: { ...asOperator, 'fly-request-id': requestId },
    ...(body !== undefined && { body }),
  });

async function asleep(id: string): Promise<Sleeper> {
  const sleeper = await new Sleeper(platform, one.instance, id).create();
  await sleeper.fallAsleep();
  return sleeper;
}

async function eventsOf(id: string): Promise<{ readonly what: string; readonly actor: string }[]> {
  return platform.database.db.query('select what, actor from events where project_id = $1 order by id', [id]);
}

/** The next machine is not made for so long. */
function slowCreate(ms: number): void {
  platform.fly.faults.add({ call: 'create_machine', kind: 'delay', ms, times: 1 });
}

describe('two instances on one database', () => {
  it('count the creates of a client together', async () => {
    const valet = new FakeValet({ projects: { create: async () => sampleCreated() } });
    await using first = await served(() => ({ valet }));
    await using second = await served(() => ({ valet }));
    const create = ({ server }: Served) => ask(server.port, { method: 'POST', path: '/api/projects' });
    const answers = [await create(first), await create(second), await create(first), await create(second)];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
    expect(answers[3]?.headers).toMatchObject({ 'ratelimit-remaining': '0', 'retry-after': expect.any(String) });
  });

  it('share a wake: begun by a request at one, waited for at the other, and both are answered', async () => {
    const sleeper = await asleep('shared');
    slowCreate(300);
    const atOne = visit(one, sleeper.id, 'first-visit');
    await expect.poll(async () => (await sleeper.row()).state, { interval: 5 }).toBe('waking');
    const [a, b] = await Promise.all([atOne, visit(two, sleeper.id, 'second-visit')]);
    expect(a.headers['fly-replay']).toMatch(/^instance=/);
    expect(b.headers['fly-replay']).toBe(a.headers['fly-replay']);
    const begun = (await eventsOf(sleeper.id)).filter(({ what }) => what === 'wake_begun');
    expect(begun).toEqual([{ what: 'wake_begun', actor: `request:first-visit@${one.instance.name}` }]);
  });

  it('forget a route at once that the other has changed', async () => {
    const sleeper = await new Sleeper(platform, one.instance, 'changed').create();
    for (const _time of [1, 2]) expect((await visit(two, sleeper.id)).headers['fly-replay']).toMatch(/^instance=/);
    expect((await call(one, 'DELETE', `/api/projects/${sleeper.id}`, 'delete-1')).status).toBe(200);
    // Its clock stands still, so that no age of the entry can be why.
    const status = async () => (await visit(two, sleeper.id)).status;
    await expect.poll(status, { interval: 5, timeout: 1_000 }).toBe(404);
  });

  it('name the request behind what it caused, in the events that an operator reads', async () => {
    const created = await call(one, 'POST', '/api/projects', '01CREATE-sjc', { id: 'named' });
    expect(created.status).toBe(201);
    await call(two, 'POST', '/api/projects/named/hold', '01HOLD-sjc', { for_secs: 60 });
    const { json } = await call(two, 'GET', '/api/projects/named/events', '01EVENTS-sjc');
    expect(json).toMatchObject({
      events: expect.arrayContaining([
        expect.objectContaining({ what: 'create_begun', actor: `request:01CREATE-sjc@${one.instance.name}` }),
        expect.objectContaining({ what: 'held', actor: `operator:01HOLD-sjc@${two.instance.name}` }),
      ]),
    });
  });
});

describe('an instance that stops', () => {
  it('G5: gives back a wake that is under way, and the other goes on at once, not after its deadline', async () => {
    const sleeper = await asleep('handed-over');
    const leaving = await served(undefined, { drainMs: 10 });
    slowCreate(60_000);
    const cutShort = visit(leaving, sleeper.id, 'at-the-leaving');
    await expect.poll(() => platform.fly.faults.list(), { interval: 5 }).toEqual([]);
    expect((await sleeper.row()).state).toBe('waking');
    const kept = visit(two, sleeper.id, 'at-the-other');
    await leaving[Symbol.asyncDispose]();
    expect(await cutShort).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      json: { code: 'overloaded' },
    });
    // No task runs here that would take up what has passed its deadline.
    expect((await kept).headers['fly-replay']).toMatch(/^instance=/);
    const events = await eventsOf(sleeper.id);
    expect(events.map(({ what }) => what)).toContain('wake_put_back');
    expect(events.filter(({ what }) => what === 'wake_begun').at(-1)?.actor).toBe(
      `request:at-the-other@${two.instance.name}`,
    );
  });

  /** Goes on until it is aborted. */
  const standing = (lock: number, began: () => void): BackgroundTask => ({
    name: 'standing',
    lock,
    periodMs: 50,
    deadlineMs: 3_600_000,
    run: (signal) => {
      began();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
    },
  });

  it.each([
    ['stops', 901, (leaving: Served) => leaving[Symbol.asyncDispose]()],
    ['is killed', 902, async (leaving: Served) => leaving.instance.calls.die()],
  ] as const)('G8: that %s leaves its background work to the other within a period', async (_how, lock, leave) => {
    const began: string[] = [];
    await using leaving = await served(() => ({ tasks: [standing(lock, () => began.push('leaving'))] }));
    await until('the work', () => began.length === 1);
    const found: boolean[] = [];
    await using _staying = await served(({ locks }) => ({
      tasks: [standing(lock, () => began.push('staying'))],
      locks: {
        held: locks.held,
        tryRun: async (...args) => {
          const outcome = await locks.tryRun(...args);
          found.push(outcome.held);
          return outcome;
        },
      },
    }));
    await until('the lock to be found taken', () => found.length > 0);
    expect(found[0]).toBe(true);
    const leftAt = performance.now();
    await leave(leaving);
    await until('the other to take over', () => began.length === 2);
    expect(began).toEqual(['leaving', 'staying']);
    expect(performance.now() - leftAt).toBeLessThan(20_000);
  });
});

describe('an instance that has lost its database', () => {
  it('G9: routes what it knows for 5 minutes and refuses the rest, is not ready, and the other is', async () => {
    const sleeper = await new Sleeper(platform, one.instance, 'known').create();
    await using cut = await served();
    expect((await visit(cut, sleeper.id)).headers['fly-replay']).toMatch(/^instance=/);
    cut.instance.calls.die();

    const ready = ({ server }: Served) => ask(server.privatePort, { path: '/health/ready' });
    await expect.poll(async () => (await ready(cut)).status).toBe(503);
    expect((await ready(one)).status).toBe(200);
    expect((await visit(cut, 'not-known')).json).toMatchObject({ status: 503, code: 'database_unavailable' });
    cut.server.clock.pass(299);
    expect((await visit(cut, sleeper.id)).headers['fly-replay']).toMatch(/^instance=/);
    cut.server.clock.pass(2);
    expect(await visit(cut, sleeper.id)).toMatchObject({ status: 503, json: { code: 'database_unavailable' } });
  });
});
