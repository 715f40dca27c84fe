import { describe, expect, it } from 'vitest';
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
});
