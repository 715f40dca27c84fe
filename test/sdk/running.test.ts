import { expect, it } from 'vitest';
import { Running } from '../../src/sdk/running.js';
import { eventually } from '../support/rows.js';

it('work goes on when its caller gives up, and the caller hears its own reason', async () => {
  await using running = new Running();
  const caller = new AbortController();
  const work = Promise.withResolvers<string>();
  let ended = false;
  const waiting = running.start(async (signal) => {
    const result = await work.promise;
    ended = !signal.aborted;
    return result;
  }, caller.signal);
  caller.abort(new Error('the client hung up'));
  await expect(waiting).rejects.toThrow('the client hung up');
  expect(ended).toBe(false);
  work.resolve('archived');
  await eventually('the work ends', () => ended);
});

it('answers the work’s result or its failure to a caller that waits', async () => {
  await using running = new Running();
  const caller = new AbortController();
  expect(await running.start(async () => 'done', caller.signal)).toBe('done');
  await expect(running.start(() => Promise.reject(new Error('failed')), caller.signal)).rejects.toThrow('failed');
  await expect(running.start(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
});

it('a failure that nobody waits for any more disturbs nobody', async () => {
  await using running = new Running();
  const caller = new AbortController();
  const work = Promise.withResolvers<never>();
  const waiting = running.start(() => work.promise, caller.signal);
  caller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  work.reject(new Error('and nobody heard'));
  await running[Symbol.asyncDispose]();
});

it('closing aborts what runs, waits for it to end, and lets nothing begin', async () => {
  const running = new Running();
  const begun = Promise.withResolvers<void>();
  const order: string[] = [];
  const work = running.start(async (signal) => {
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    order.push('ended');
  });
  await begun.promise;
  await running[Symbol.asyncDispose]();
  order.push('closed');
  await work;
  expect(order).toEqual(['ended', 'closed']);
  await expect(running.start(async () => 'late')).rejects.toThrow('closing');
  await running[Symbol.asyncDispose]();
});

it('nothing is begun for a caller that has given up already', async () => {
  await using running = new Running();
  let begun = false;
  const late = running.start(
    async () => {
      begun = true;
    },
    AbortSignal.abort(new Error('too late')),
  );
  await expect(late).rejects.toThrow('too late');
  expect(begun).toBe(false);
});
