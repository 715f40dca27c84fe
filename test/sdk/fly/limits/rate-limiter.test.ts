import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Clock } from '../../../../src/local/clock.js';
import { RateLimiter, type Turn } from '../../../../src/sdk/fly/limits/rate-limiter.js';

const turn: Turn = { key: 'startMachine m1', rate: { perSec: 1, burst: 3 } };
const other: Turn = { key: 'startMachine m2', rate: turn.rate };
const plenty = 600_000;

function limited(bounds: { readonly maxWaiting?: number; readonly maxBuckets?: number } = {}) {
  const clock = new Clock();
  clock.hold();
  const limiter = new RateLimiter({ clock, maxWaiting: 100, maxBuckets: 100, ...bounds });
  const order: string[] = [];
  /** Joins the queue under a name, which is written down when its turn has come. */
  const join = async (name: string, where: Turn = turn, timeoutMs = plenty, signal?: AbortSignal) => {
    const admission = await limiter.admit(where, timeoutMs, signal);
    order.push(admission.admitted ? name : `${name}: ${admission.reason}`);
    return admission;
  };
  /** Moves time on, and lets those who were told go on. */
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { limiter, order, join, pass };
}

describe('RateLimiter', () => {
  it('lets a burst pass and the rest at the rate, in the order in which they came', async () => {
    const { pass, limiter, order, join } = limited();
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => join(name));
    await pass(0);
    await pass(999);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(limiter.waiting).toBe(2);
    await pass(1);
    expect(order.at(-1)).toBe('d');
    await pass(1_000);
    expect((await Promise.all(all)).map(({ queuedMs }) => queuedMs)).toEqual([0, 0, 0, 1_000, 2_000]);
    expect(limiter.waiting).toBe(0);
  });

  it('counts each key by itself', async () => {
    const { pass, order, join } = limited();
    for (const name of ['a', 'b', 'c', 'd']) void join(name);
    void join('x', other);
    await pass(0);
    expect(order).toEqual(['a', 'b', 'c', 'x']);
  });

  it('says at once that a turn would come after its deadline, and keeps the place for others', async () => {
    const { pass, order, join } = limited();
    for (const name of ['a', 'b', 'c', 'd']) void join(name);
    void join('hasty', turn, 1_500);
    void join('patient', turn, 2_000);
    await pass(0);
    expect(order.at(-1)).toBe('hasty: too_late');
    await pass(2_000);
    expect(order.slice(-2)).toEqual(['d', 'patient']);
  });

  it("leaves the queue with the signal's reason, and the next one moves up", async () => {
    const { pass, limiter, order, join } = limited();
    for (const name of ['a', 'b', 'c']) void join(name);
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const left = join('left', turn, plenty, controller.signal);
    void join('next');
    controller.abort(reason);
    await expect(left).rejects.toBe(reason);
    await pass(1_000);
    expect(order.at(-1)).toBe('next');
    expect(limiter.waiting).toBe(0);
    await expect(join('late', turn, plenty, controller.signal)).rejects.toBe(reason);
  });

  it('leaves nothing behind, neither on the signal nor on the clock, when everybody has left', async () => {
    const pending = new Set<() => void>();
    const after = (_: number, act: () => void) => {
      pending.add(act);
      return () => void pending.delete(act);
    };
    const limiter = new RateLimiter({ clock: { nowMs: () => 0, after }, maxWaiting: 100, maxBuckets: 100 });
    const controller = new AbortController();
    const all = Array.from({ length: 5 }, () => limiter.admit(turn, plenty, controller.signal));
    await Promise.all(all.slice(0, 3));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(2);
    expect(pending.size).toBe(1);
    controller.abort();
    await Promise.allSettled(all);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(pending.size).toBe(0);
  });

  it('lets no more wait than it was told', async () => {
    const { pass, order, join } = limited({ maxWaiting: 1 });
    for (const name of ['a', 'b', 'c', 'd']) {
      void join(name);
      await pass(0);
    }
    await join('e');
    await join('x', other);
    expect(order).toEqual(['a', 'b', 'c', 'e: too_many', 'x: too_many']);
  });

  it('after a refusal lets nobody pass for a while, and turns away whoever cannot wait that long', async () => {
    const { pass, limiter, order, join } = limited();
    for (const name of ['a', 'b', 'c']) void join(name);
    void join('hasty', turn, 2_000);
    void join('patient');
    await pass(0);
    limiter.slowDown(turn, 3_000);
    await pass(0);
    expect(order.at(-1)).toBe('hasty: too_late');
    await pass(3_999);
    expect(order).not.toContain('patient');
    await pass(1);
    expect(order.at(-1)).toBe('patient');
  });

  it('after a refusal without a time keeps the burst back, and halves the pace for a moment', async () => {
    const { pass, limiter, order, join } = limited();
    limiter.slowDown(turn, 0);
    for (const name of ['a', 'b']) void join(name);
    await pass(1_999);
    expect(order).toEqual([]);
    await pass(1);
    expect(order).toEqual(['a']);
    await pass(1_000);
    expect(order).toEqual(['a', 'b']);
  });

  it('is silenced by no refusal for longer than a minute', async () => {
    const { pass, limiter, order, join } = limited();
    limiter.slowDown(turn, 3_600_000);
    void join('a');
    await pass(61_000);
    expect(order).toEqual(['a']);
  });

  it('remembers a bounded number of buckets: it forgets those that are full, then the oldest', async () => {
    const { pass, limiter, join } = limited({ maxBuckets: 2 });
    for (const key of ['a', 'b', 'c', 'd']) await join(key, { key, rate: turn.rate });
    expect(limiter.buckets).toBe(2);
    await pass(1_000);
    await join('e', { key: 'e', rate: turn.rate });
    expect(limiter.buckets).toBe(1);
  });

  it('never forgets a bucket that somebody waits for', async () => {
    const { pass, order, join } = limited({ maxBuckets: 1 });
    for (const name of ['a', 'b', 'c', 'd']) void join(name);
    for (const key of ['x', 'y']) void join(key, { key, rate: turn.rate });
    void join('e');
    await pass(1_000);
    expect(order).toEqual(['a', 'b', 'c', 'x', 'y', 'd']);
  });

  it('sends everybody away when it is closed', async () => {
    const { pass, limiter, order, join } = limited();
    const all = ['a', 'b', 'c', 'd'].map((name) => join(name));
    await pass(0);
    limiter.close();
    await Promise.all([...all, join('e')]);
    expect(order.toSorted()).toEqual(['a', 'b', 'c', 'd: closed', 'e: closed']);
  });
});
