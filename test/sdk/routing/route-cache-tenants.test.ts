import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { RoutingCounts } from '../../../src/sdk/routing/counts.js';
import { RouteCache } from '../../../src/sdk/routing/route-cache.js';
import { TestClock, TestRoutes, viewOf } from '../../support/routing.js';

const ids = ['ann', 'ben', 'eve'];
const anyId = fc.constantFrom(...ids);

/** Projects that move from machine to machine; a machine's name tells whose it is and which of that project's. */
class Tenants {
  readonly #clock = new TestClock();
  readonly #routes = new TestRoutes(...ids.map((id) => machineOf(id, 0)));
  readonly #cache = new RouteCache({
    source: this.#routes,
    changes: this.#routes,
    replay: { timeoutSecs: 10 },
    counts: new RoutingCounts(),
    now: this.#clock.now,
  });
  readonly #moves = new Map(ids.map((id) => [id, 0]));
  /** How often each had moved when the cache was last told so. */
  readonly #told = new Map(ids.map((id) => [id, 0]));
  readonly #asked: Promise<void>[] = [];
  #held = Promise.withResolvers<void>();

  ask(id: string): void {
    const least = this.#told.get(id) ?? 0;
    const answered = this.#cache.get(parseProjectId(id)).then(
      (route) => expectMachineOf(id, least, route.replay?.header ?? ''),
      // With the database away nothing may be known.
      () => undefined,
    );
    this.#asked.push(answered);
  }

  move(id: string): void {
    const move = (this.#moves.get(id) ?? 0) + 1;
    this.#moves.set(id, move);
    this.#routes.rows.set(id, machineOf(id, move));
    if (!this.#routes.healthy) return;
    this.#routes.tell(id);
    this.#told.set(id, move);
  }

  loseNews(): void {
    this.#routes.healthy = false;
  }

  hearAgain(): void {
    this.#routes.recover();
    for (const [id, move] of this.#moves) this.#told.set(id, move);
  }

  databaseAway(away: boolean): void {
    this.#routes.away = away;
  }

  /** Reads that begin now have looked, and answer later. */
  holdReads(): void {
    this.#held.resolve();
    this.#held = Promise.withResolvers<void>();
    this.#routes.gate = this.#held.promise;
  }

  letReadsGo(): void {
    this.#held.resolve();
  }

  pass(secs: number): void {
    this.#clock.pass(secs);
  }

  async end(): Promise<void> {
    this.#held.resolve();
    await Promise.all(this.#asked);
    this.#cache.close();
  }
}

function machineOf(id: string, move: number) {
  return viewOf(id, 'active', { machine: { flyId: `${id}-${move}`, app: 'projects' } });
}

function expectMachineOf(id: string, least: number, header: string): void {
  const [, owner, move] = /^instance=([a-z]+)-(\d+);/.exec(header) ?? [];
  expect([header, owner]).toEqual([header, id]);
  expect(Number(move)).toBeGreaterThanOrEqual(least);
}

type Step = (tenants: Tenants) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: anyId.map((id) => (tenants: Tenants) => tenants.ask(id)) },
  { weight: 2, arbitrary: anyId.map((id) => (tenants: Tenants) => tenants.move(id)) },
  fc.constantFrom(1, 59, 61, 299).map((secs) => (tenants: Tenants) => tenants.pass(secs)),
  fc.boolean().map((away) => (tenants: Tenants) => tenants.databaseAway(away)),
  fc.constantFrom<Step>(
    (tenants) => tenants.loseNews(),
    (tenants) => tenants.hearAgain(),
    (tenants) => tenants.holdReads(),
    (tenants) => tenants.letReadsGo(),
  ),
);

test('a route leads to a machine of the project that was asked for, and never to one that it was told is no longer its', async () => {
  const anySteps = fc.array(step, { maxLength: 60 });
  const property = fc.asyncProperty(anySteps, async (steps) => {
    const tenants = new Tenants();
    for (const each of steps) {
      each(tenants);
      // What is ready answers in between; reads begin when a turn of the event loop ends.
      await setImmediate();
    }
    await tenants.end();
  });
  await fc.assert(property, { numRuns: 500 });
});
