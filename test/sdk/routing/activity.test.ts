import { describe, expect, it } from 'vitest';
import { Activity } from '../../../src/sdk/routing/activity.js';
import { cachedRoute } from '../../../src/sdk/routing/cached-route.js';
import { demo, TestClock, TestRoutes, until, viewOf } from '../../support/routing.js';

function bench(idleSecs: number, flushMs?: number) {
  const clock = new TestClock();
  const view = viewOf('demo', 'active', { idleSecs });
  const routes = new TestRoutes(view);
  const reported: Error[] = [];
  const parts = { source: routes, now: clock.now, report: (error: Error) => void reported.push(error) };
  const activity = new Activity({ ...parts, ...(flushMs !== undefined && { flushMs }) });
  return { clock, routes, reported, activity, view, route: cachedRoute(demo, view, clock.now(), { timeoutSecs: 10 }) };
}

describe('Activity', () => {
  it('touches the row first when it was last used more than an hour ago', async () => {
    const { activity, routes, route, view } = bench(3_601);
    expect(await activity.admit(route, view)).toBe(true);
    expect(routes.touches).toEqual(['demo']);
  });

  it('counts the age of the route towards the hour', async () => {
    const { activity, clock, route } = bench(3_590);
    expect(activity.mustTouchFirst(route)).toBe(false);
    clock.pass(11);
    expect(activity.mustTouchFirst(route)).toBe(true);
  });

  it('touches once for all who ask at once, and not again after that', async () => {
    const { activity, routes, route, view } = bench(10_000);
    await Promise.all(Array.from({ length: 20 }, () => activity.admit(route, view)));
    await activity.admit(route, view);
    expect(routes.touches).toHaveLength(1);
  });

  it('does not admit to a project that has moved on', async () => {
    const { activity, routes, route, view } = bench(10_000);
    routes.rows.set('demo', viewOf('demo', 'archiving', { epoch: 2 }));
    expect(await activity.admit(route, view)).toBe(false);
  });

  it('G9: admits without the database, and writes the use down when it is back', async () => {
    const { activity, routes, route, view } = bench(10_000);
    routes.away = true;
    expect(await activity.admit(route, view)).toBe(true);
    expect(await activity.admit(route, view)).toBe(true);
    expect(routes.touches).toHaveLength(1);
    routes.away = false;
    await activity.flush();
    expect(routes.batches).toEqual([['demo']]);
  });

  it('writes later uses in batches, once per project', async () => {
    const { activity, routes, view } = bench(0, 5);
    for (let uses = 0; uses < 10; uses += 1) activity.note(view);
    activity.note(viewOf('other'));
    await until('the batch', () => routes.batches.length > 0);
    expect(routes.batches).toEqual([['demo', 'other']]);
  });

  it('writes what is left when it is closed', async () => {
    const { activity, routes, view } = bench(0);
    activity.note(view);
    await activity.close();
    await activity.close();
    expect(routes.batches).toEqual([['demo']]);
  });

  it('keeps what could not be written, and reports the trouble once', async () => {
    const { activity, routes, reported, view } = bench(0);
    routes.away = true;
    activity.note(view);
    await activity.flush();
    await activity.flush();
    expect(reported).toHaveLength(1);
    routes.away = false;
    await activity.flush();
    expect(routes.batches).toEqual([['demo']]);
    await activity.close();
  });

  it('notes a route in use once between two flushes', () => {
    const { activity, clock, route, view } = bench(0, 5_000);
    const noted: boolean[] = [];
    for (const secs of [0, 1, 3.9, 0.1, 1]) {
      clock.pass(secs);
      const before = route.notedAtMs;
      activity.noteUse(route, view);
      noted.push(route.notedAtMs !== before);
    }
    expect(noted).toEqual([true, false, false, true, false]);
  });

  it('notes a route again only when all that waits can have been written', async () => {
    const { activity, clock, route, view } = bench(0, 5_000);
    const many = Array.from({ length: 9_999 }, (_, at) => viewOf(`p${at}`));
    for (const other of many) activity.note(other);
    activity.noteUse(route, view);
    expect(activity.pending).toBe(10_000);
    await activity.close();
    clock.pass(9.999);
    activity.noteUse(route, view);
    expect(activity.pending).toBe(0);
    clock.pass(0.001);
    activity.noteUse(route, view);
    expect(activity.pending).toBe(1);
  });

  it('writes 5000 projects with one flush, 1000 with one statement, first noted first; the rest follow', async () => {
    const { activity, routes } = bench(0, 5);
    const ids = Array.from({ length: 5_001 }, (_, made) => `p${made}`);
    for (const id of ids) activity.note(viewOf(id));
    await activity.flush();
    expect(routes.batches.map((batch) => batch.length)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    await until('the rest', () => routes.batches.length === 6);
    expect(routes.batches.flat()).toEqual(ids);
  });

  it('keeps a use of another epoch that comes while the earlier one is written', async () => {
    const { activity, routes, view } = bench(0);
    activity.note(view);
    const write = routes.touchAll.bind(routes);
    routes.touchAll = async (touches) => {
      if (routes.batches.length === 0) activity.note({ ...view, epoch: 2 });
      return write(touches);
    };
    await activity.close();
    expect(routes.batches).toEqual([['demo'], ['demo']]);
  });

  it('writes all that is left when it is closed, however much', async () => {
    const { activity, routes } = bench(0);
    for (let made = 0; made < 7_500; made += 1) activity.note(viewOf(`p${made}`));
    await activity.close();
    expect(routes.batches.flat()).toHaveLength(7_500);
  });
});
