import { expect, it } from 'vitest';
import { backoffMs, pause } from '../../../src/sdk/http/backoff.js';

it('doubles up to its cap, however many attempts there were', () => {
  const waits = [1, 2, 3, 4, 5_000].map((attempt) => backoffMs(attempt, { firstMs: 100, maxMs: 500 }, () => 1));
  expect(waits).toEqual([100, 200, 400, 500, 500]);
});

it('takes a random half of the wait, so that many do not come back together', () => {
  const backoff = { firstMs: 100, maxMs: 500 };
  expect([0, 0.5, 1].map((random) => backoffMs(1, backoff, () => random))).toEqual([50, 75, 100]);
});

it("a pause ends with the signal's reason", async () => {
  const reason = new Error('shutting down');
  await expect(pause(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const pausing = pause(60_000, controller.signal);
  controller.abort(reason);
  await expect(pausing).rejects.toBe(reason);
});
