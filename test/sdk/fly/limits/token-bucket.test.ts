import { expect, it } from 'vitest';
import {
  closedUntil,
  fullBucket,
  isFull,
  msUntil,
  refilled,
  without,
} from '../../../../src/sdk/fly/limits/token-bucket.js';

const rate = { perSec: 1, burst: 3 };

it('holds a burst, and then one token for each second', () => {
  const empty = without(3, fullBucket(rate, 0));
  expect([1, 2, 3].map((tokens) => msUntil(tokens, empty, rate, 0))).toEqual([1_000, 2_000, 3_000]);
  expect(msUntil(1, empty, rate, 400)).toBe(600);
  expect(refilled(empty, rate, 2_000).tokens).toBe(2);
});

it('never holds more than its burst', () => {
  expect(refilled(fullBucket(rate, 0), rate, 3_600_000).tokens).toBe(3);
});

it('gains nothing while it is closed, and the closing is never shortened', () => {
  const closed = closedUntil(fullBucket(rate, 0), 5_000);
  expect(msUntil(1, closed, rate, 1_000)).toBe(5_000);
  expect(closedUntil(closed, 2_000)).toEqual(closed);
  expect([isFull(closed, rate, 7_999), isFull(closed, rate, 8_000)]).toEqual([false, true]);
});
