import { describe, expect, it } from 'vitest';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { Spaced } from '../../../src/sdk/routing/spaced.js';
import { TestClock } from '../../support/routing.js';

const [a, b, c] = ['a', 'b', 'c'].map(parseProjectId);

function bench(options: { readonly maxAtOnce?: number; readonly maxRemembered?: number } = {}) {
  const clock = new TestClock();
  const begun: string[] = [];
  const spaced = new Spaced<string>({ everyMs: 10_000, maxAtOnce: 2, maxRemembered: 100, now: clock.now, ...options });
  const begin = (id = a, work: Promise<string> = Promise.resolve('done')) => {
    if (id === undefined) throw new Error('There is no such id.');
    return spaced.begin(id, () => {
      begun.push(id);
      return work;
    });
  };
  return { clock, begun, begin };
}

describe('Spaced', () => {
  it('does the work once in its time, and gives everybody what came of it', async () => {
    const { clock, begun, begin } = bench();
    expect(await Promise.all([begin(), begin()])).toEqual(['done', 'done']);
    clock.pass(9.999);
    expect(await begin()).toBe('done');
    expect(begun).toEqual(['a']);
    clock.pass(0.001);
    await begin();
    expect(begun).toEqual(['a', 'a']);
  });

  it('remembers a failure like a success', async () => {
    const { begun, begin } = bench();
    await expect(begin(a, Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(begin(a)).rejects.toThrow('no');
    expect(begun).toEqual(['a']);
  });

  it('does not more than so much at once', async () => {
    const { begun, begin } = bench({ maxAtOnce: 1 });
    const gate = Promise.withResolvers<string>();
    const first = begin(a, gate.promise);
    expect(begin(b)).toBeUndefined();
    gate.resolve('done');
    await first;
    expect(await begin(b)).toBe('done');
    expect(begun).toEqual(['a', 'b']);
  });

  it('would rather not begin than forget what it did lately', async () => {
    const { clock, begun, begin } = bench({ maxRemembered: 2 });
    await begin(a);
    clock.pass(5);
    await begin(b);
    expect(begin(c)).toBeUndefined();
    clock.pass(5);
    await begin(c);
    expect(begin(a)).toBeUndefined();
    expect(begun).toEqual(['a', 'b', 'c']);
  });
});
