import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PoolSnapshot, type RegionCounts, regionNeeds, wholeNeed } from '../../../src/sdk/pool/needs.js';
import { type PoolPlan, planPool } from '../../../src/sdk/pool/plan.js';
import { replenishBatch } from '../../../src/sdk/pool/plan-creations.js';
import { drainBatch, retireBatch } from '../../../src/sdk/pool/plan-retirements.js';

const own = 'current';

interface Sketch extends Partial<Pick<PoolSnapshot, 'mode' | 'openBreakers'>> {
  /** `sjc: [target, ready, provisioning, outdated]` */
  readonly [region: string]: unknown;
}

/** A snapshot, and what is planned for it. */
function planned({ mode = 'filling', openBreakers = [], ...regions }: Sketch, configHash = own) {
  const numbers = Object.entries(regions).map(([region, each]) => ({ region, each: Array.isArray(each) ? each : [] }));
  const snapshot: PoolSnapshot = {
    mode,
    openBreakers,
    aim: {
      configHash: own,
      image: 'image',
      targets: numbers.map(({ region, each: [target = 0] }) => ({ region, target })),
    },
    regions: numbers.map(({ region, each: [, ready = 0, provisioning = 0, outdated = 0] }) => ({
      region,
      ready,
      provisioning,
      outdated,
    })),
  };
  return planPool(snapshot, configHash);
}

const counts = (plan: PoolPlan) => Object.fromEntries(plan.create.map(({ region, count }) => [region, count]));
const gone = (plan: PoolPlan) => plan.retire.map(({ region, cause, count }) => [region, cause, count]);

describe('a pool that is filled', () => {
  it.each([
    [[2, 0, 0], { sjc: 2 }],
    [[2, 1, 1], {}],
    [[2, 1, 0], { sjc: 1 }],
    [[0, 0, 0], {}],
    [[20, 1, 2], { sjc: replenishBatch }],
  ])('with [target, ready, provisioning] %j gets %j', (sjc, create) => {
    expect(counts(planned({ sjc }))).toEqual(create);
  });

  it('shares a batch among the regions that lack members, the emptiest first', () => {
    expect(counts(planned({ sjc: [10, 5], fra: [10, 0], ams: [2, 2] }))).toEqual({ fra: 3, sjc: 2 });
    expect(counts(planned({ a: [2], b: [2], c: [2], d: [2], e: [2], f: [2] }))).toEqual({
      a: 1,
      b: 1,
      c: 1,
      d: 1,
      e: 1,
    });
    expect(counts(planned({ sjc: [1, 0], fra: [10, 0] }))).toEqual({ sjc: 1, fra: 4 });
  });

  it('makes one probe where a breaker is open and a probe is due, and else nothing there', () => {
    const breaker = (probeDue: boolean) => ({ openBreakers: [{ region: 'sjc', probeDue }] });
    expect(planned({ ...breaker(true), sjc: [3] }).create).toEqual([{ region: 'sjc', count: 1, why: 'probe' }]);
    expect(planned({ ...breaker(false), sjc: [3] })).toMatchObject({
      create: [],
      held: [expect.stringContaining('sjc')],
    });
    // One probe is under way.
    expect(planned({ ...breaker(true), sjc: [3, 0, 1] }).create).toEqual([]);
    expect(counts(planned({ ...breaker(false), sjc: [3], fra: [3] }))).toEqual({ fra: 3 });
    expect(planned({ ...breaker(true), sjc: [3, 3] })).toEqual({ create: [], retire: [], held: [] });
  });

  it('gives outdated members back only as current ones are ready in their place', () => {
    const outdated = (ready: number) => gone(planned({ sjc: [2, ready, 0, 2] }));
    expect(outdated(0)).toEqual([]);
    expect(outdated(1)).toEqual([['sjc', 'outdated', 1]]);
    expect(outdated(2)).toEqual([['sjc', 'outdated', 2]]);
  });

  it('gives back what a lowered target or a region that was dropped leaves over', () => {
    expect(gone(planned({ sjc: [1, 3], fra: [0, 1] }))).toEqual([
      ['sjc', 'surplus', 2],
      ['fra', 'surplus', 1],
    ]);
  });

  it('keeps what is too many in one region while another lacks as many', () => {
    expect(gone(planned({ sjc: [2, 0], fra: [0, 2] }))).toEqual([]);
    expect(gone(planned({ sjc: [2, 1], fra: [0, 2] }))).toEqual([['fra', 'surplus', 1]]);
    expect(gone(planned({ sjc: [2, 2], fra: [0, 2] }))).toEqual([['fra', 'surplus', 2]]);
  });
});

describe('whoever', () => {
  it('has another configuration than the current one leaves the pool alone, whatever its mode', () => {
    for (const mode of ['filling', 'paused', 'draining'] as const) {
      const plan = planned({ mode, sjc: [5, 1, 0, 3], fra: [0, 4] }, 'older');
      expect(plan).toEqual({ create: [], retire: [], held: [expect.stringContaining('started later')] });
    }
  });

  it('fills a paused pool makes nothing and says why', () => {
    expect(planned({ mode: 'paused', sjc: [5, 1] })).toMatchObject({
      create: [],
      held: [expect.stringContaining('paused')],
    });
  });

  it('drains a pool gives back all that is ready, of whatever configuration, and makes nothing', () => {
    const plan = planned({ mode: 'draining', sjc: [5, 1, 1, 3], fra: [0, 4] });
    expect(plan.create).toEqual([]);
    expect(gone(plan)).toEqual([
      ['sjc', 'drained', 4],
      ['fra', 'drained', 4],
    ]);
  });
});

describe('whatever the pool holds', () => {
  const few = fc.nat(12);
  const region = fc.record({ target: few, ready: few, provisioning: few, outdated: few });
  const breaker = fc.constantFrom('closed', 'open', 'due');
  const snapshots = fc
    .record({
      regions: fc.array(fc.record({ counts: region, breaker }), { maxLength: 8 }),
      mode: fc.constantFrom('filling' as const, 'paused' as const, 'draining' as const),
    })
    .map(({ regions, mode }): PoolSnapshot => {
      const named = regions.map((each, index) => ({ ...each, region: `r${index}` }));
      return {
        mode,
        aim: {
          configHash: own,
          image: 'image',
          targets: named.map((each) => ({ region: each.region, target: each.counts.target })),
        },
        regions: named.map(({ region: name, counts: { ready, provisioning, outdated } }) => ({
          region: name,
          ready,
          provisioning,
          outdated,
        })),
        openBreakers: named
          .filter((each) => each.breaker !== 'closed')
          .map((each) => ({ region: each.region, probeDue: each.breaker === 'due' })),
      };
    });

  const check = (property: (snapshot: PoolSnapshot, plan: PoolPlan) => void) =>
    fc.assert(
      fc.property(snapshots, (snapshot) => property(snapshot, planPool(snapshot, own))),
      { numRuns: 500 },
    );

  it('G4: no region grows beyond its target, and no pass beyond its batch', () => {
    check((snapshot, { create }) => {
      const needs = regionNeeds(snapshot);
      for (const { region: name, count } of create) {
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(needs.find((need) => need.region === name)?.shortfall ?? 0);
      }
      expect(create.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(replenishBatch);
    });
  });

  it('a batch is used up, and no region gets two more than another that could have had them', () => {
    check((snapshot, plan) => {
      if (snapshot.mode !== 'filling') return;
      const got = counts(plan);
      const free = regionNeeds(snapshot).filter(
        (need) => need.shortfall > 0 && !snapshot.openBreakers.some((open) => open.region === need.region),
      );
      const made = plan.create.reduce((sum, { count }) => sum + count, 0);
      const wanting = free.filter((need) => (got[need.region] ?? 0) < need.shortfall);
      if (made < replenishBatch) expect(wanting).toEqual([]);
      for (const need of wanting)
        for (const other of free) expect(got[other.region] ?? 0).toBeLessThanOrEqual((got[need.region] ?? 0) + 1);
    });
  });

  it('drift and surplus never take the pool below its target, in no region and not as a whole', () => {
    check((snapshot, { retire }) => {
      if (snapshot.mode === 'draining') return;
      const before = regionNeeds(snapshot);
      const after = before.map((need) => {
        const taken = (cause: string) =>
          retire
            .filter((each) => each.region === need.region && each.cause === cause)
            .reduce((sum, { count }) => sum + count, 0);
        const left = { ...need, ready: need.ready - taken('surplus'), outdated: need.outdated - taken('outdated') };
        expect(left.ready).toBeGreaterThanOrEqual(0);
        expect(left.outdated).toBeGreaterThanOrEqual(0);
        expect(left.ready + left.outdated).toBeGreaterThanOrEqual(Math.min(need.target, need.ready + need.outdated));
        return left;
      });
      const all = (needs: readonly RegionCounts[]) =>
        needs.reduce((sum, { ready, outdated }) => sum + ready + outdated, 0);
      expect(all(after)).toBeGreaterThanOrEqual(Math.min(wholeNeed(before).target, all(before)));
      expect(all(before) - all(after)).toBeLessThanOrEqual(retireBatch);
    });
  });

  it('nothing is made while it is paused or drained, and a drain is bounded too', () => {
    check((snapshot, { create, retire }) => {
      if (snapshot.mode !== 'filling') expect(create).toEqual([]);
      expect(retire.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(drainBatch);
    });
  });

  it('plans carried out one after another come to an end, with exactly the target and nothing outdated', () => {
    fc.assert(
      fc.property(snapshots, (start) => {
        let snapshot: PoolSnapshot = { ...start, mode: 'filling', openBreakers: [] };
        for (let pass = 0; pass < 60; pass++)
          snapshot = { ...snapshot, regions: carriedOut(snapshot, planPool(snapshot, own)) };
        expect(planPool(snapshot, own)).toEqual({ create: [], retire: [], held: [] });
        for (const { ready, target, outdated } of regionNeeds(snapshot)) expect([ready, outdated]).toEqual([target, 0]);
      }),
      { numRuns: 100 },
    );
  });
});

/** After the plan: all that was being made is ready. */
function carriedOut(snapshot: PoolSnapshot, { create, retire }: PoolPlan): RegionCounts[] {
  return regionNeeds(snapshot).map(({ region, ready, provisioning, outdated }) => {
    const made = create.find((each) => each.region === region)?.count ?? 0;
    const left = (cause: string) => retire.find((each) => each.region === region && each.cause === cause)?.count ?? 0;
    return {
      region,
      ready: ready + provisioning + made - left('surplus'),
      provisioning: 0,
      outdated: outdated - left('outdated'),
    };
  });
}
