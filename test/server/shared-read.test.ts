import { expect, it } from 'vitest';
import { SharedRead } from '../../src/server/shared-read.js';
import { TestClock } from '../support/routing.js';

function bench(timeoutMs = 10_000) {
  const clock = new TestClock();
  const reads: PromiseWithResolvers<string>[] = [];
  const read = () => {
    const one = Promise.withResolvers<string>();
    reads.push(one);
    return one.promise;
  };
  return { clock, reads, shared: new SharedRead({ read, keepMs: 1_000, timeoutMs, now: clock.now }) };
}

it('all who ask while a read is under way share it, and its answer is kept for a while', async () => {
  const { clock, reads, shared } = bench();
  const asking = [shared.get(), shared.get()];
  clock.pass(5);
  asking.push(shared.get());
  reads[0]?.resolve('one');
  expect(await Promise.all(asking)).toEqual(['one', 'one', 'one']);
  clock.pass(0.9);
  expect(await shared.get()).toBe('one');
  clock.pass(0.1);
  const next = shared.get();
  reads[1]?.resolve('two');
  expect(await next).toBe('two');
  expect(reads).toHaveLength(2);
});

it('a failure is kept like an answer', async () => {
  const { clock, reads, shared } = bench();
  const asking = shared.get();
  reads[0]?.reject(new Error('refused'));
  await expect(asking).rejects.toThrow('refused');
  await expect(shared.get()).rejects.toThrow('refused');
  clock.pass(1);
  const next = shared.get();
  reads[1]?.resolve('back');
  expect(await next).toBe('back');
});

it('a read that hangs is waited for no longer than the limit, and none is begun beside it', async () => {
  const { clock, reads, shared } = bench(1);
  await expect(shared.get()).rejects.toThrow('no answer within 1 ms');
  clock.pass(1);
  await expect(shared.get()).rejects.toThrow('no answer within 1 ms');
  expect(reads).toHaveLength(1);
  reads[0]?.resolve('late');
  await new Promise((resolve) => setImmediate(resolve));
  clock.pass(1);
  const next = shared.get();
  expect(reads).toHaveLength(2);
  reads[1]?.resolve('in time');
  expect(await next).toBe('in time');
});
