import { describe, expect, it } from 'vitest';
import { Clock } from '../../../src/local/clock.js';
import { type Bucket, takeToken } from '../../../src/local/fly/rate-limits/bucket.js';
import { RateLimits } from '../../../src/local/fly/rate-limits/rate-limits.js';
import { isCounted, rateOf, subjectOf } from '../../../src/local/fly/rate-limits/rates.js';
import { UnconfirmedAnswers } from '../../../src/local/fly/unconfirmed.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import { createdMachine } from '../../support/fly-machines.js';

describe('a bucket', () => {
  const rate = { perSecond: 2, burst: 3 };
  const takeAll = (times: readonly number[]) => {
    let bucket: Bucket | undefined;
    return times.map((nowMs) => {
      const taken = takeToken(bucket, rate, nowMs);
      bucket = taken.bucket;
      return taken.kind === 'passes' ? 'passes' : taken.retryAfterMs;
    });
  };

  it('lets a burst through, and then as much as flows in', () => {
    expect(takeAll([0, 0, 0, 0])).toEqual(['passes', 'passes', 'passes', 500]);
    expect(takeAll([0, 0, 0, 250, 500, 500])).toEqual(['passes', 'passes', 'passes', 250, 'passes', 500]);
  });

  it('never holds more than a burst', () => {
    expect(takeAll([0, 3_600_000, 3_600_000, 3_600_000, 3_600_000])).toEqual([
      'passes',
      'passes',
      'passes',
      'passes',
      500,
    ]);
  });

  it('takes a clock that went back for one that stands', () => {
    expect(takeAll([1000, 1000, 1000, 0])).toEqual(['passes', 'passes', 'passes', 500]);
  });
});

describe('the limits', () => {
  it('are those that Fly publishes', () => {
    expect(rateOf('start_machine')).toEqual({ perSecond: 1, burst: 3 });
    expect(rateOf('get_machine')).toEqual({ perSecond: 5, burst: 10 });
    expect(rateOf('delete_app').perSecond * 60).toBeCloseTo(100);
  });

  it('count by machine, else by app, and deletions of apps by organisation', () => {
    const route = (path: string, call: Parameters<typeof rateOf>[0]) => ({
      route: { path, call, method: 'GET', handle: () => ({ status: 200 }) },
      params: { app: 'a', id: 'x' },
    });
    expect(subjectOf(route('/apps/:app/machines/:id/start', 'start_machine'), 'o')).toBe('a/x');
    expect(subjectOf(route('/apps/:app/volumes/:id', 'get_volume'), 'o')).toBe('a');
    expect(subjectOf(route('/apps/:app', 'delete_app'), 'o')).toBe('org o');
    expect(subjectOf({ ...route('/platform/regions', 'list_regions'), params: {} }, 'o')).toBe('org o');
  });

  it('do not concern what comes over the socket of a machine', () => {
    expect(isCounted({ kind: 'org', org: 'o' })).toBe(true);
    expect(isCounted({ kind: 'app', app: 'a' })).toBe(true);
    expect(isCounted({ kind: 'app', app: 'a', viaSocket: true })).toBe(false);
  });

  it('are off until they are turned on', async () => {
    await using fly = await withFlyEmulator();
    for (let call = 1; call <= 12; call++) expect((await listed(fly)).status).toBe(200);
    fly.rateLimits.on();
    const statuses = [await listed(fly), await listed(fly), await listed(fly), await listed(fly)];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    fly.rateLimits.off();
    expect((await listed(fly)).status).toBe(200);
  });

  it('refuse what is too much with 429 and the time to come back, on the clock of the platform', async () => {
    await using fly = await withFlyEmulator({ rateLimits: true });
    fly.clock.hold();
    for (let call = 1; call <= 3; call++) await listed(fly);
    const refused = await listed(fly);
    expect(refused).toMatchObject({ status: 429, body: { error: 'rate limit exceeded' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    fly.unconfirmed.set({ retryAfter: 'missing' });
    expect((await listed(fly)).headers.get('retry-after')).toBeNull();
    await fly.clock.advance(1000);
    expect([(await listed(fly)).status, (await listed(fly)).status]).toEqual([200, 429]);
  });

  it('are each action and each machine its own', async () => {
    await using fly = await withFlyEmulator({ rateLimits: true });
    fly.clock.hold();
    const a = await createdMachine(fly, {}, { skip_launch: true });
    const b = await createdMachine(fly, {}, { skip_launch: true });
    const statusesOf = async (id: string) => {
      const replies = await Promise.all(Array.from({ length: 11 }, () => callFly(fly, 'GET', `/machines/${id}`)));
      return replies.map(({ status }) => status).filter((status) => status !== 200);
    };
    expect(await statusesOf(a.id)).toEqual([429]);
    expect(await statusesOf(b.id)).toEqual([429]);
    expect((await callFly(fly, 'GET', `/machines/${a.id}/metadata`)).status).toBe(200);
  });

  it('come before faults, which they do not use up', async () => {
    await using fly = await withFlyEmulator({ rateLimits: true });
    fly.clock.hold();
    for (let call = 1; call <= 3; call++) await listed(fly);
    fly.faults.add({ call: 'list_machines', times: 1, kind: 'refuse', row: '503-unavailable' });
    expect((await listed(fly)).status).toBe(429);
    expect(fly.faults.list()).toMatchObject([{ left: 1 }]);
  });
});

describe('the buckets that are kept', () => {
  it('are bounded: the one that was unused for longest is full again', () => {
    const clock = new Clock();
    clock.hold();
    const limits = new RateLimits({ clock, unconfirmed: new UnconfirmedAnswers() }, true);
    for (let call = 1; call <= 3; call++) limits.count('start_machine', 'first');
    expect(() => limits.count('start_machine', 'first')).toThrow('rate limit exceeded');
    for (let other = 1; other <= 10_000; other++) limits.count('start_machine', `other ${other}`);
    limits.count('start_machine', 'first');
  });
});

function listed(fly: TestFlyEmulator) {
  return callFly(fly, 'GET', '/machines');
}
