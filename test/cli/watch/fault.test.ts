import { expect, test } from 'vitest';
import { faultOf, isFinal, pauseMs } from '../../../src/cli/watch/fault.js';
import { ValetError } from '../../../src/sdk/errors.js';

test('polls that fail come less and less often, up to every 10 s, and never oftener than asked for', () => {
  expect([0, 1, 2, 3, 4, 50].map((failures) => pauseMs(2_000, failures))).toEqual([
    2_000, 4_000, 8_000, 10_000, 10_000, 10_000,
  ]);
  expect(pauseMs(60_000, 3)).toBe(60_000);
});

test('only a refused secret ends the screen', () => {
  expect(isFinal(new ValetError('unauthorized', 'no'))).toBe(true);
  expect(isFinal(new ValetError('valet_unreachable', 'away'))).toBe(false);
  expect(faultOf(new Error('surprise'))).toEqual({ code: 'internal', message: 'surprise' });
});
