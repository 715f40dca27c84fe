import { expect, it } from 'vitest';
import type { CountsRow } from '../../../src/sdk/database/overview.js';
import { KeptCount } from '../../../src/sdk/overview/kept-count.js';
import { sampleOverview } from '../../support/fake-valet.js';

const by_state = sampleOverview().projects?.by_state;
if (by_state === undefined) throw new Error('The sample has no counts.');
const counts: CountsRow = { counted_at: new Date(0), by_state };

/** Counting takes so long by a clock that only this moves. */
function counter(tookMs: number, end: () => CountsRow = () => counts) {
  const clock = { nowMs: 0, counted: 0 };
  const kept = new KeptCount({
    count: async () => {
      clock.counted += 1;
      clock.nowMs += tookMs;
      return end();
    },
    now: () => clock.nowMs,
  });
  return { clock, kept };
}

const failing = () => {
  throw new Error('canceling statement due to statement timeout');
};

it('however often it is asked, counting takes a fiftieth of the time', async () => {
  const { clock, kept } = counter(400);
  for (let asked = 0; asked < 60; asked++) {
    expect(await kept.get()).toBe(counts);
    clock.nowMs += 1_000;
  }
  expect(clock.counted).toBe(3);
});

it('a quick count is new every second, and those who ask at once share one', async () => {
  const { clock, kept } = counter(1);
  await Promise.all([kept.get(), kept.get()]);
  expect(clock.counted).toBe(1);
  clock.nowMs += 1_000;
  await kept.get();
  expect(clock.counted).toBe(2);
});

it('a count that took its whole time is not tried again for a minute', async () => {
  const { clock, kept } = counter(5_000, failing);
  expect(await kept.get()).toBeNull();
  clock.nowMs += 59_000;
  expect(await kept.get()).toBeNull();
  expect(clock.counted).toBe(1);
  clock.nowMs += 1_000;
  await kept.get();
  expect(clock.counted).toBe(2);
});

it('what fails at once is the caller’s to see, and is tried again', async () => {
  const { clock, kept } = counter(1, failing);
  await expect(kept.get()).rejects.toThrow('statement timeout');
  await expect(kept.get()).rejects.toThrow('statement timeout');
  expect(clock.counted).toBe(2);
});
