import { describe, expect, it } from 'vitest';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import type { CachedRoute } from '../../../src/sdk/routing/cached-route.js';
import { RoutingCounts } from '../../../src/sdk/routing/counts.js';
import { decide, plainFacts } from '../../../src/sdk/routing/decide.js';
import { RouteCache, type RouteCacheParts } from '../../../src/sdk/routing/route-cache.js';
import { demo, TestClock, TestRoutes, until, viewOf } from '../../support/routing.js';

/** What a request that is nothing special would get. */
function kindOf(route: CachedRoute | undefined): string | undefined {
  return route && decide(route.id, route.view, plainFacts).kind;
}

function bench(overrides: Partial<RouteCacheParts> = {}) {
  const clock = new TestClock();
  const routes = new TestRoutes(viewOf('demo'));
  const counts = new RoutingCounts();
  const parts = { source: routes, changes: routes, replay: { timeoutSecs: 10 }, counts, now: clock.now };
  const cache = new RouteCache({ ...parts, ...overrides });
  return { clock, routes, cache, counts };
}

describe('RouteCache', () => {
  it('reads a route once in 60 seconds', async () => {
    const { cache, clock, routes } = bench();
    await cache.get(demo);
    clock.pass(59);
    await cache.get(demo);
    expect(routes.reads).toHaveLength(1);
    clock.pass(1);
    await cache.get(demo);
    expect(routes.reads).toHaveLength(2);
  });

  it('makes the header once per route', async () => {
    const { cache } = bench();
    const first = await cache.get(demo);
    expect((await cache.get(demo)).replay).toBe(first.replay);
  });

  it('shares one read among all who ask at once', async () => {
    const { cache, routes } = bench();
    await Promise.all(Array.from({ length: 20 }, () => cache.get(demo)));
    expect(routes.reads).toHaveLength(1);
  });

  it('drops a route on news about it, and only that one', async () => {
    const { cache, routes } = bench();
    const other = parseProjectId('other');
    await Promise.all([cache.get(demo), cache.get(other)]);
    routes.change(viewOf('demo', 'dormant'));
    expect(cache.peek(demo)).toBeUndefined();
    expect(cache.peek(other)).toBeDefined();
    expect(kindOf(await cache.get(demo))).toBe('wake');
  });

  it('discards an insert whose key was dropped since its read began', async () => {
    const { cache, routes } = bench();
    const gate = Promise.withResolvers<void>();
    routes.gate = gate.promise;
    const reading = cache.get(demo);
    await until('the read', () => routes.reads.length === 1);
    routes.change(viewOf('demo', 'dormant'));
    const readingAgain = cache.get(demo);
    gate.resolve();
    expect(kindOf(await reading)).toBe('replay');
    expect(kindOf(await readingAgain)).toBe('wake');
    expect(kindOf(cache.peek(demo))).toBe('wake');
  });

  it('discards an insert whose read began before a reset', async () => {
    const { cache, routes } = bench();
    const gate = Promise.withResolvers<void>();
    routes.gate = gate.promise;
    const reading = cache.get(demo);
    await until('the read', () => routes.reads.length === 1);
    routes.recover();
    gate.resolve();
    await reading;
    expect(cache.peek(demo)).toBeUndefined();
  });

  it('reads everything while news may be lost, and is empty when it is back', async () => {
    const { cache, routes } = bench();
    await cache.get(demo);
    routes.healthy = false;
    await cache.get(demo);
    await cache.get(demo);
    expect(routes.reads).toHaveLength(3);
    routes.recover();
    expect(cache.peek(demo)).toBeUndefined();
  });

  it('remembers for 5 seconds that an id is unknown', async () => {
    const { cache, clock, routes } = bench();
    const nobody = parseProjectId('nobody');
    expect(kindOf(await cache.get(nobody))).toBe('not_found');
    clock.pass(4.9);
    await cache.get(nobody);
    expect(routes.reads).toHaveLength(1);
    clock.pass(0.1);
    routes.rows.set('nobody', viewOf('nobody'));
    expect(kindOf(await cache.get(nobody))).toBe('replay');
  });

  it('forgets that an id is unknown on news of it', async () => {
    const { cache, routes } = bench();
    const nobody = parseProjectId('nobody');
    await cache.get(nobody);
    routes.change(viewOf('nobody'));
    expect(kindOf(await cache.get(nobody))).toBe('replay');
  });

  it('holds no more routes than its bound, and lets invented ids push out none of them', async () => {
    const { cache, routes } = bench({ maxEntries: 2 });
    const ids = ['one', 'two', 'three'].map(parseProjectId);
    for (const id of ids) {
      routes.rows.set(id, viewOf(id));
      await cache.get(id);
    }
    for (let made = 0; made < 1_100; made += 1) await cache.get(parseProjectId(`made-up-${made}`));
    expect(ids.map((id) => cache.peek(id) !== undefined)).toEqual([false, true, true]);
    expect(cache.peek(parseProjectId('made-up-0'))).toBeUndefined();
    expect(cache.peek(parseProjectId('made-up-1099'))).toBeDefined();
  });

  it('refuses to look up more ids at once than its bound', async () => {
    const { cache, clock, counts } = bench({ maxReads: 1 });
    await cache.get(demo);
    clock.pass(61);
    const first = cache.get(parseProjectId('other'));
    // Which is no fault of the database's: what is known but old is not served for it.
    await expect(cache.get(demo)).rejects.toMatchObject({ code: 'overloaded', retryAfterSecs: 1 });
    await first;
    expect(counts.cache.stale).toBe(0);
  });

  it('counts what it was asked and what it read', async () => {
    const { cache, routes, counts } = bench();
    await cache.get(demo);
    await cache.get(demo);
    routes.tell('demo');
    routes.tell('nobody-here');
    expect(counts.cache).toEqual({ hit: 1, miss: 1, stale: 0, dropped: 1 });
    expect(counts.reads).toEqual({ statements: 1, ids: 1 });
  });

  it('stops listening when closed', () => {
    const { cache, routes } = bench();
    cache.close();
    cache.close();
    expect(routes.listeners.size).toBe(0);
  });
});

describe('RouteCache, renewing', () => {
  /** A route that is 50 seconds old and has just been used. */
  async function used(): Promise<ReturnType<typeof bench>> {
    const it = bench();
    await it.cache.get(demo);
    it.clock.pass(50);
    it.cache.peek(demo);
    return it;
  }

  it('asks whether what is used past 20 seconds is still true, and nobody waits for it', async () => {
    const { cache, clock, routes } = bench();
    const first = await cache.get(demo);
    clock.pass(19.9);
    cache.peek(demo);
    clock.pass(0.1);
    expect(cache.peek(demo)).toBe(first);
    await until('the renewal', () => first.readAtMs === clock.atMs);
    clock.pass(59);
    expect(cache.peek(demo)).toBe(first);
    expect(routes.reads).toHaveLength(1);
  });

  it('asks for many with one statement, for each once, and for none that is not used', async () => {
    const { cache, clock, routes } = bench();
    const ids = Array.from({ length: 300 }, (_, at) => parseProjectId(`p${at}`));
    for (const id of ids) routes.rows.set(id, viewOf(id));
    await Promise.all([demo, ...ids].map((id) => cache.get(id)));
    clock.pass(50);
    for (const id of [...ids, ...ids]) cache.peek(id);
    await until('the renewal', () => routes.asked.length > 0);
    expect(routes.asked).toEqual([ids]);
  });

  it('asks for no project that has no machine: what is to become of that is read', async () => {
    const { cache, clock, routes } = bench();
    routes.rows.set('demo', viewOf('demo', 'dormant'));
    await cache.get(demo);
    clock.pass(50);
    cache.peek(demo);
    clock.pass(10);
    await cache.get(demo);
    expect(routes.asked).toEqual([]);
    expect(routes.reads).toHaveLength(2);
  });

  it('forgets what has moved on without any news of it', async () => {
    const { cache, routes } = await used();
    routes.rows.set('demo', viewOf('demo', 'active', { epoch: 2 }));
    await until('the renewal', () => cache.peek(demo) === undefined);
    expect((await cache.get(demo)).view?.epoch).toBe(2);
  });

  it('serves nothing past 60 seconds even while the renewal is under way', async () => {
    const { cache, clock, routes } = await used();
    const gate = Promise.withResolvers<void>();
    routes.gate = gate.promise;
    await until('the renewal', () => routes.asked.length === 1);
    clock.pass(10);
    expect(cache.peek(demo)).toBeUndefined();
    gate.resolve();
    expect(kindOf(await cache.get(demo))).toBe('replay');
    expect(routes.reads).toHaveLength(2);
  });

  it('brings nothing back that was dropped since it began', async () => {
    const { cache, routes } = await used();
    const gate = Promise.withResolvers<void>();
    routes.gate = gate.promise;
    await until('the renewal', () => routes.asked.length === 1);
    routes.change(viewOf('demo', 'dormant'));
    gate.resolve();
    expect(cache.peek(demo)).toBeUndefined();
    expect(kindOf(await cache.get(demo))).toBe('wake');
    await until('its end', () => kindOf(cache.peek(demo)) === 'wake');
  });

  it('G9: goes on with what it has when a renewal fails, and tries again a second later', async () => {
    const { cache, clock, routes } = await used();
    const first = cache.peek(demo);
    routes.away = true;
    await until('the renewal', () => cache.away);
    routes.away = false;
    clock.pass(0.9);
    expect(cache.peek(demo)).toBe(first);
    expect(routes.asked).toHaveLength(1);
    clock.pass(0.1);
    expect(cache.peek(demo)).toBe(first);
    await until('another', () => first?.readAtMs === clock.atMs);
    expect(cache.away).toBe(false);
  });
});

describe('RouteCache without the database', () => {
  it('G9: serves what it read for 5 minutes, and not a moment longer', async () => {
    const { cache, clock, routes } = bench();
    await cache.get(demo);
    routes.away = true;
    routes.healthy = false;
    clock.pass(299.9);
    expect((await cache.get(demo)).replay).toBeDefined();
    clock.pass(0.1);
    await expect(cache.get(demo)).rejects.toMatchObject({ code: 'database_unavailable', retryAfterSecs: 5 });
  });

  it('G9: serves nothing that it was told has changed', async () => {
    const { cache, routes } = bench();
    await cache.get(demo);
    routes.away = true;
    routes.tell('demo');
    await expect(cache.get(demo)).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  it('G9: does not wait for a database that hangs longer than the read timeout', async () => {
    const { cache, clock, routes } = bench({ readTimeoutMs: 20 });
    await cache.get(demo);
    clock.pass(61);
    const gate = Promise.withResolvers<void>();
    routes.gate = gate.promise;
    expect((await cache.get(demo)).replay).toBeDefined();
    gate.resolve();
  });

  it('tries the database again a second after it failed', async () => {
    const { cache, clock, routes } = bench();
    await cache.get(demo);
    clock.pass(61);
    routes.away = true;
    await cache.get(demo);
    await cache.get(demo);
    expect(routes.reads).toHaveLength(2);
    routes.away = false;
    clock.pass(1);
    await cache.get(demo);
    expect(cache.peek(demo)).toBeDefined();
  });
});
