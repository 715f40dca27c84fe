import { expect, test } from 'vitest';
import { formatDuration, parseDuration, relativeTime } from '../../../src/cli/text/duration.js';

test.each([
  ['30s', 30],
  ['15m', 900],
  ['12h', 43_200],
  ['7d', 604_800],
  ['2w', 1_209_600],
  ['1d12h', 129_600],
  ['0.5h', 1800],
  ['0s', 0],
])('%s is %d seconds', (text, secs) => {
  expect(parseDuration(text)).toBe(secs);
});

test.each(['', '7', 'd', '7 d', '-1d', '1y', '7dd', '1.2.3h', 'NaNs'])(
  '%j is no duration, and the error says what is',
  (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'request_invalid', hint: expect.stringContaining('7d') }),
    );
  },
);

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [7199, '1 h'],
  [86_400 * 9, '9 d'],
])('%d seconds read as %s', (secs, text) => {
  expect(formatDuration(secs)).toBe(text);
});

test('a moment is told as seen from now, in both directions', () => {
  const nowMs = Date.parse('2026-05-04T10:00:00Z');
  expect(relativeTime('2026-05-04T07:00:00Z', nowMs)).toBe('3 h ago');
  expect(relativeTime('2026-05-06T10:00:00Z', nowMs)).toBe('in 2 d');
  expect(relativeTime('2026-05-04T10:00:00Z', nowMs)).toBe('now');
});
