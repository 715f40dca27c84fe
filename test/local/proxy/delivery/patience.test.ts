import { expect, test } from 'vitest';
import { Clock } from '../../../../src/local/clock.js';
import { Patience } from '../../../../src/local/proxy/delivery/patience.js';

function heldClock(): Clock {
  const clock = new Clock();
  clock.hold();
  return clock;
}

test('it ends with the delay of a dead target, or with the replay’s own timeout if that is sooner', async () => {
  const clock = heldClock();
  const plain = new Patience(clock, undefined, 7_500);
  const own = new Patience(clock, 5_000, 7_500);
  await clock.advance(4_000);
  expect([plain.leftMs, own.leftMs]).toEqual([3_500, 1_000]);
  await clock.advance(1_000);
  expect([plain.leftMs, own.leftMs, own.reason(1)]).toEqual([2_500, 0, 'timeout']);
  await clock.advance(2_500);
  expect([plain.leftMs, plain.reason(0), plain.reason(1)]).toEqual([0, 'no_candidate', 'retries_exhausted']);
});

test('a machine that came up gets the delay once more, and only once; a timeout runs on', async () => {
  const clock = heldClock();
  const [endless, timed] = [new Patience(clock, undefined, 7_500), new Patience(clock, 10_000, 7_500)];
  const wakeBoth = () => {
    for (const patience of [endless, timed]) patience.machineWoke();
    return [endless.leftMs, timed.leftMs];
  };
  await clock.advance(7_000);
  expect(wakeBoth()).toEqual([7_500, 3_000]);
  await clock.advance(1_000);
  expect(wakeBoth()).toEqual([6_500, 2_000]);
});

test('it ends after 90 attempts', () => {
  const patience = new Patience(heldClock(), undefined, 7_500);
  for (let attempt = 1; attempt <= 90; attempt++) {
    expect(patience.leftMs).toBe(7_500);
    patience.attempted();
  }
  expect(patience.leftMs).toBe(0);
});
