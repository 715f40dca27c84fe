import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import type { SweepStep } from '../../src/sdk/steps.js';
import { locks as lockNumbers } from '../../src/sdk/upkeep/lock-numbers.js';
import { blown, directly, overHttp, SweepGround } from '../support/followed-sweep.js';
import { eventually } from '../support/rows.js';

const busy = new ValetError('machine_busy', 'It is being used.');
const broken = new ValetError('store_failed', 'R2 does not answer.');

async function all(steps: AsyncIterable<SweepStep>): Promise<SweepStep[]> {
  const told: SweepStep[] = [];
  for await (const step of steps) told.push(step);
  return told;
}

describe.each([
  ['directly', directly],
  ['over HTTP', overHttp],
])('a sweep that is followed %s', (_how, transport) => {
  it('tells how many there are, what became of each and how long it took, and last the result of `run`', async () => {
    const fails = { b: busy, c: broken };
    const ground = new SweepGround([['a', 'b'], ['c']], fails);
    await using way = await transport(ground);
    const steps = await all(way.sweep.steps());
    expect(steps).toEqual([
      { kind: 'planned', total: 2 },
      { kind: 'project', outcome: 'archived', id: 'a', took_secs: expect.any(Number), code: null, reason: null },
      {
        kind: 'project',
        outcome: 'kept',
        id: 'b',
        took_secs: expect.any(Number),
        code: busy.code,
        reason: busy.message,
      },
      { kind: 'planned', total: 3 },
      {
        kind: 'project',
        outcome: 'failed',
        id: 'c',
        took_secs: expect.any(Number),
        code: broken.code,
        reason: broken.message,
      },
      { kind: 'done', result: expect.objectContaining({ archived: ['a'], left_over: 0 }) },
    ]);
    await using again = await transport(new SweepGround([['a', 'b'], ['c']], fails));
    expect(steps.at(-1)).toEqual({ kind: 'done', result: await again.sweep.run() });
  });

  it('tells each step when it happens, not at the end', async () => {
    const ground = new SweepGround([['a']]);
    const gate = Promise.withResolvers<void>();
    ground.gate = gate.promise;
    await using way = await transport(ground);
    const steps = way.sweep.steps()[Symbol.asyncIterator]();
    expect(await steps.next()).toEqual({ done: false, value: { kind: 'planned', total: 1 } });
    expect(ground.finished).toEqual([]);
    gate.resolve();
    expect(await steps.next()).toMatchObject({ value: { kind: 'project', id: 'a' } });
    await steps.return?.();
  });

  it('throws what ends it on the way, after what it did before', async () => {
    const ground = new SweepGround([['a'], ['b']]);
    ground.isFuseBlown = true;
    await using way = await transport(ground);
    const told: SweepStep[] = [];
    const following = (async () => {
      for await (const step of way.sweep.steps()) told.push(step);
    })();
    await expect(following).rejects.toMatchObject({ code: 'fuse_blown', message: blown.message, hint: blown.hint });
    expect(told.map(({ kind }) => kind)).toEqual(['planned', 'project']);
    await using again = await transport(ground);
    await expect(again.sweep.run()).rejects.toMatchObject({ code: 'fuse_blown', hint: blown.hint });
  });

  it.each<[how: string, leave: (steps: AsyncIterator<SweepStep>, stop: AbortController) => Promise<unknown>]>([
    ['leaves the loop', async (steps) => steps.return?.()],
    [
      'gives up',
      async (steps, stop) => {
        stop.abort(new Error('enough'));
        await expect(steps.next()).rejects.toThrow('enough');
      },
    ],
  ])('begins nothing more when its caller %s, and finishes what is under way', async (_how, leave) => {
    const ground = new SweepGround([['a', 'b', 'c', 'd', 'e', 'f'], ['g']]);
    const gate = Promise.withResolvers<void>();
    ground.gate = gate.promise;
    await using way = await transport(ground);
    const stop = new AbortController();
    const steps = way.sweep.steps({}, { signal: stop.signal })[Symbol.asyncIterator]();
    await steps.next();
    await eventually('four are under way', () => ground.begun.length === 4);
    await leave(steps, stop);
    await eventually('the sweep hears of it', () => ground.hasBeenLeft);
    gate.resolve();
    await eventually('what was under way is finished', () => ground.finished.length === 4);
    expect(ground.begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('rejects a caller of `run` who gives up with the reason of the caller', async () => {
    const ground = new SweepGround([['a']]);
    const gate = Promise.withResolvers<void>();
    ground.gate = gate.promise;
    await using way = await transport(ground);
    const stop = new AbortController();
    const running = way.sweep.run({}, { signal: stop.signal });
    await eventually('it is under way', () => ground.begun.length === 1);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    gate.resolve();
    await eventually('it is finished', () => ground.finished.length === 1);
  });

  it('archives as many at a time as it is asked to, within a bound', async () => {
    const ground = new SweepGround([['a', 'b', 'c', 'd', 'e', 'f']]);
    const gate = Promise.withResolvers<void>();
    ground.gate = gate.promise;
    await using way = await transport(ground);
    const following = all(way.sweep.steps({ concurrency: 2 }));
    await eventually('two are under way', () => ground.begun.length === 2);
    gate.resolve();
    expect(await following).toHaveLength(8);
    for (const concurrency of [0, 17])
      await expect(way.sweep.run({ concurrency })).rejects.toMatchObject({ code: 'request_invalid' });
  });

  it('says that another instance is at it, and refuses options that are none before it does anything', async () => {
    const ground = new SweepGround([['a']]);
    ground.locks.heldElsewhere.add(lockNumbers.sweep);
    await using way = await transport(ground);
    expect(await all(way.sweep.steps())).toEqual([
      { kind: 'done', result: expect.objectContaining({ skipped: expect.stringContaining('Another instance') }) },
    ]);
    await expect(all(way.sweep.steps({ limit: 0 }))).rejects.toMatchObject({ code: 'request_invalid' });
    expect(ground.begun).toEqual([]);
  });
});
