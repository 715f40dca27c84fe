import { describe, expect, it } from 'vitest';
import { ValetError } from '../../../src/sdk/errors.js';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { RoutingCounts } from '../../../src/sdk/routing/counts.js';
import { plainFacts, type RequestFacts } from '../../../src/sdk/routing/decide.js';
import type { MachineFinding, ProjectView } from '../../../src/sdk/routing/ports.js';
import { Router } from '../../../src/sdk/routing/router.js';
import type { RouterParts } from '../../../src/sdk/routing/router-parts.js';
import { demo, demoHeader, TestClock, TestRoutes, TestWaker, until, viewOf } from '../../support/routing.js';

type Overrides = Partial<RouterParts> & { readonly finding?: () => Promise<MachineFinding> };
const there = async (): Promise<MachineFinding> => ({ kind: 'there' });

function bench(view: ProjectView | undefined, { finding = there, ...overrides }: Overrides = {}) {
  const clock = new TestClock();
  const routes = view === undefined ? new TestRoutes() : new TestRoutes(view);
  const waker = new TestWaker();
  const observed: string[] = [];
  const router = new Router({
    source: routes,
    changes: routes,
    waker,
    observe: async (id) => {
      observed.push(id);
      return finding();
    },
    routerDomain: 'Valet.Example.com.',
    replay: { timeoutSecs: 10 },
    wakeTimeoutMs: 5_000,
    now: clock.now,
    ...overrides,
  });
  const route = (facts: Partial<RequestFacts> = {}, signal = new AbortController().signal) =>
    router.route(demo, { ...plainFacts, ...facts }, signal);
  return { clock, routes, waker, observed, router, route };
}

const replay = { kind: 'replay', header: demoHeader };

describe('Router', () => {
  it('replays to an active project’s machine, at once from then on', async () => {
    const { router, route, routes } = bench(viewOf('demo'));
    expect(router.quick(demo, plainFacts)).toBeUndefined();
    expect(await route()).toEqual(replay);
    expect(router.quick(demo, plainFacts)).toEqual(replay);
    expect(routes.reads).toHaveLength(1);
    await router.close();
    expect(routes.batches).toEqual([['demo']]);
  });

  it.each(['dormant', 'creating', 'archiving', 'waking'] as const)('waits for a project that is %s', async (state) => {
    const { waker, route } = bench(viewOf('demo', state));
    expect(await route()).toEqual(replay);
    expect(waker.calls).toEqual(['demo']);
  });

  it.each([
    ['unknown', undefined, 'project_not_found'],
    ['deleted', viewOf('demo', 'deleted'), 'project_not_found'],
    ['lost', viewOf('demo', 'lost'), 'project_lost'],
  ] as const)('refuses for a project that is %s, and wakes nothing', async (_what, view, code) => {
    const { waker, route } = bench(view);
    expect(await route()).toMatchObject({ kind: 'refuse', code });
    expect(waker.calls).toEqual([]);
  });

  it('never replays again what came back, and reads the row afresh at most every 10 seconds for it', async () => {
    const { clock, router, route, routes, waker } = bench(viewOf('demo'));
    await route();
    expect(router.quick(demo, { returned: true, observer: false })).toBeUndefined();
    expect(await route({ returned: true })).toMatchObject({
      kind: 'refuse',
      code: 'machine_unreachable',
      retryAfterSecs: 5,
    });
    expect(routes.reads).toHaveLength(1);
    clock.pass(10);
    await route({ returned: true });
    await route({ returned: true });
    expect(routes.reads).toHaveLength(2);
    expect(waker.calls).toEqual([]);
  });

  it('decides again when the row to touch has moved on', async () => {
    const { router, route, routes, waker } = bench(viewOf('demo', 'active', { idleSecs: 7_200 }));
    await router.explain('demo');
    routes.rows.set('demo', viewOf('demo', 'archiving', { epoch: 2 }));
    expect(await route()).toEqual(replay);
    expect(waker.calls).toEqual(['demo']);
  });

  it('does not take the quick way past a row that must be touched first', async () => {
    const { router, route, routes } = bench(viewOf('demo', 'active', { idleSecs: 7_200 }));
    await router.explain('demo');
    expect(router.quick(demo, plainFacts)).toBeUndefined();
    expect(await route()).toEqual(replay);
    expect(routes.touches).toEqual(['demo']);
    expect(router.quick(demo, plainFacts)).toEqual(replay);
  });

  it('asks the client to come back when the project never stays what it is read as', async () => {
    const { route, routes } = bench(viewOf('demo', 'active', { idleSecs: 7_200 }), {});
    routes.touch = async () => false;
    expect(await route()).toMatchObject({ kind: 'refuse', code: 'state_changed', retryAfterSecs: 1 });
  });

  it('passes on what the waker refuses with', async () => {
    const { waker, route } = bench(viewOf('demo', 'dormant'));
    waker.answer = async () => {
      throw new ValetError('wake_failed', 'Project demo could not be woken.', { retryAfterSecs: 60 });
    };
    expect(await route()).toMatchObject({ code: 'wake_failed', retryAfterSecs: 60 });
  });

  it('tells nobody what an error that is not ours says', async () => {
    const { waker, route } = bench(viewOf('demo', 'dormant'));
    waker.answer = async () => {
      throw new Error('password=hunter2');
    };
    const outcome = await route();
    expect(outcome).toMatchObject({ kind: 'refuse', code: 'internal' });
    expect('message' in outcome && outcome.message).not.toContain('hunter2');
  });

  it('asks to come back when the project is not awake after all', async () => {
    const { waker, route } = bench(viewOf('demo', 'dormant'));
    waker.answer = async () => viewOf('demo', 'dormant');
    expect(await route()).toMatchObject({ kind: 'refuse', code: 'state_changed', retryAfterSecs: 1 });
  });
});

describe('Router, holding', () => {
  it('G5: gives up on a waker that keeps no bound of its own', async () => {
    const { waker, route } = bench(viewOf('demo', 'dormant'), { wakeTimeoutMs: 1 });
    waker.answer = () => new Promise(() => undefined);
    expect(await route()).toMatchObject({ code: 'wake_timeout', retryAfterSecs: 2 });
  });

  it('refuses over its bound, with a time to come back', async () => {
    const { waker, router, route } = bench(viewOf('demo', 'dormant'), { maxHeld: 2, random: () => 0.5 });
    const gate = Promise.withResolvers<ProjectView>();
    waker.answer = () => gate.promise;
    const held = [route(), route()];
    await until('two held', () => router.held === 2);
    expect(await route()).toMatchObject({ kind: 'refuse', code: 'overloaded', retryAfterSecs: 6 });
    gate.resolve(viewOf('demo'));
    expect(await Promise.all(held)).toEqual([replay, replay]);
    expect(router.held).toBe(0);
  });

  it('answers those who wait for one project in the order they came', async () => {
    const { waker, router, route } = bench(viewOf('demo', 'dormant'));
    const gate = Promise.withResolvers<ProjectView>();
    waker.answer = () => gate.promise;
    const order: number[] = [];
    const held = Array.from({ length: 10 }, (_, number) => route().then(() => order.push(number)));
    await until('ten held', () => router.held === 10);
    gate.resolve(viewOf('demo'));
    await Promise.all(held);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('frees the place of a client that went away', async () => {
    const { waker, router, route } = bench(viewOf('demo', 'dormant'));
    waker.answer = () => new Promise(() => undefined);
    const client = new AbortController();
    const held = route({}, client.signal);
    await until('one held', () => router.held === 1);
    client.abort();
    expect(await held).toEqual({ kind: 'gone' });
    expect(router.held).toBe(0);
    expect(waker.gaveUp).toBe(1);
  });

  it('answers those who wait with the reason it was told to give up for', async () => {
    const { waker, router, route } = bench(viewOf('demo', 'dormant'));
    waker.answer = () => new Promise(() => undefined);
    const stop = new AbortController();
    const held = route({}, stop.signal);
    await until('one held', () => router.held === 1);
    stop.abort(new ValetError('overloaded', 'This instance is stopping.', { retryAfterSecs: 1 }));
    expect(await held).toMatchObject({ kind: 'refuse', code: 'overloaded', retryAfterSecs: 1 });
  });
});

describe('Router.counts', () => {
  const observer = { observer: true };
  const returned = { returned: true };

  it.each([
    ['replay', viewOf('demo'), {}],
    ['replay', viewOf('demo'), observer],
    ['held', viewOf('demo', 'dormant'), {}],
    ['held', viewOf('demo', 'waking'), {}],
    ['asleep', viewOf('demo', 'dormant'), observer],
    ['returned', viewOf('demo'), returned],
    ['returned', viewOf('demo', 'archiving'), returned],
    ['not_found', undefined, {}],
    ['not_found', viewOf('demo', 'deleted'), returned],
    ['refused', viewOf('demo', 'lost'), {}],
  ] as const)('has a %s for each such answer', async (name, view, facts) => {
    const { router, route } = bench(view);
    await route(facts);
    expect(router.counts.decided).toEqual({ ...new RoutingCounts().decided, [name]: 1 });
  });

  it('has what is answered at once, what fails and who has left', async () => {
    const { router, route, routes } = bench(viewOf('demo'));
    await route();
    router.quick(demo, plainFacts);
    routes.away = true;
    routes.healthy = false;
    routes.rows.clear();
    await route({}, AbortSignal.abort());
    expect(router.counts.decided).toMatchObject({ replay: 2, gone: 1 });
    await router.route(parseProjectId('other'), plainFacts, new AbortController().signal);
    expect(router.counts.decided).toMatchObject({ replay: 2, gone: 1, refused: 1 });
  });
});

describe('Router.explain', () => {
  it.each([
    [
      'demo',
      viewOf('demo'),
      { decision: 'replay', if_observer: 'replay', if_returned: 'observe', fly_replay: demoHeader },
    ],
    ['DEMO.valet.example.com:443', viewOf('demo'), { decision: 'replay', project_id: 'demo', state: 'active' }],
    [
      'demo',
      viewOf('demo', 'dormant'),
      { decision: 'wake', if_observer: 'asleep', if_returned: 'wait', fly_replay: null },
    ],
    ['demo', viewOf('demo', 'waking'), { decision: 'hold', state: 'waking', fly_replay: null }],
    ['demo', viewOf('demo', 'lost'), { decision: 'lost', if_observer: 'lost', if_returned: 'lost' }],
    ['demo', undefined, { decision: 'not_found', project_id: 'demo', state: null }],
    ['no_id', undefined, { decision: 'invalid', project_id: null }],
    ['a.b.valet.example.com', undefined, { decision: 'invalid' }],
    ['valet.example.com', undefined, { decision: 'not_a_project', project_id: null }],
    ['[::1]:7000', undefined, { decision: 'not_a_project' }],
  ])('says where %s would go, and wakes nothing', async (subject, view, expected) => {
    const { router, waker, routes } = bench(view);
    expect(await router.explain(subject)).toMatchObject(expected);
    expect(waker.calls).toEqual([]);
    await router.close();
    expect([...routes.touches, ...routes.batches]).toEqual([]);
  });
});
