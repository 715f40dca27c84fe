import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { Clock } from '../../src/local/clock.js';

describe('the clock of the local platform', () => {
  it('goes with the computer until it is held', async () => {
    const clock = new Clock();
    const before = clock.nowMs();
    await clock.sleep(5);
    expect(clock.nowMs() - before).toBeGreaterThanOrEqual(4);
    clock.hold();
    const heldAt = clock.nowMs();
    await new Clock().sleep(5);
    expect(clock.nowMs()).toBe(heldAt);
  });

  it('lets what falls due happen in its order, and what that begins as well', async () => {
    const clock = new Clock();
    clock.hold();
    const seen: string[] = [];
    const chain = async () => {
      await clock.sleep(10);
      seen.push('a at 10');
      await clock.sleep(10);
      seen.push('a at 20');
    };
    void chain();
    clock.after(15, () => seen.push('b at 15'));
    clock.after(60_000, () => seen.push('much later'));
    await clock.advance(30);
    expect(seen).toEqual(['a at 10', 'b at 15', 'a at 20']);
    await clock.advance(60_000);
    expect(seen.at(-1)).toBe('much later');
  });

  it('moves on while it runs, so that what waits ends at once', async () => {
    const clock = new Clock();
    const slept = clock.sleep(3_600_000);
    await clock.advance(3_600_000);
    await slept;
  });

  it('goes on from where it stands when it is released', async () => {
    const clock = new Clock();
    clock.hold();
    await clock.advance(3_600_000);
    const heldAt = clock.nowMs();
    const slept = clock.sleep(5);
    clock.release();
    await slept;
    expect(clock.nowMs()).toBeGreaterThanOrEqual(heldAt + 5);
    expect(clock.nowMs()).toBeLessThan(heldAt + 60_000);
  });

  it('forgets who has given up', async () => {
    const clock = new Clock();
    clock.hold();
    const gaveUp = new AbortController();
    const slept = clock.sleep(10, gaveUp.signal);
    gaveUp.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    await expect(clock.sleep(10, gaveUp.signal)).rejects.toThrow('enough');
  });

  it('advances by the sum of advances that are begun at the same time, in their order', async () => {
    const clock = new Clock();
    clock.hold();
    const startMs = clock.nowMs();
    const seen: number[] = [];
    clock.after(10, () => void clock.advance(10).then(() => seen.push(clock.nowMs() - startMs)));
    await Promise.all([clock.advance(15), clock.advance(15)]);
    await vi.waitFor(() => expect(seen).toEqual([40]));
  });

  it('may be released and held again by what falls due, without losing anything', async () => {
    const clock = new Clock();
    clock.hold();
    const seen: string[] = [];
    clock.after(10, () => clock.release());
    clock.after(20, () => clock.hold());
    clock.after(20, () => seen.push('behind the hold'));
    await clock.advance(30);
    expect(seen).toEqual(['behind the hold']);
    expect(clock.held).toBe(true);
  });

  it('moves by no time that is not one', () => {
    const clock = new Clock();
    clock.hold();
    const beforeMs = clock.nowMs();
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => clock.advance(wrong), `${wrong}`).toThrow(RangeError);
    }
    expect(() => clock.after(Number.NaN, () => undefined)).toThrow(RangeError);
    expect(clock.nowMs()).toBe(beforeMs);
  });

  it('gives up on what renews itself without letting time pass', async () => {
    const clock = new Clock();
    clock.hold();
    const again = () => void clock.after(0, again);
    again();
    await expect(clock.advance(1)).rejects.toThrow('renews itself');
  });

  it('keeps no process alive', async () => {
    const file = new URL('../../src/local/clock.ts', import.meta.url).href;
    const program = `const { Clock } = await import('${file}'); new Clock().after(600_000, () => {}); console.log('set');`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 20_000 });
    expect((await run).stdout).toBe('set\n');
  });
});
