import { describe, expect, it } from 'vitest';
import { ValetError } from '../../../src/sdk/errors.js';
import { nextRegion } from '../../../src/sdk/pool/elsewhere.js';
import { isPlacesFault } from '../../../src/sdk/pool/places-fault.js';

const fly = (details: Readonly<Record<string, unknown>>) => new ValetError('fly_failed', 'refused', { details });
const fullHost = fly({ advice: 'retry-elsewhere-host' });
const fullRegion = fly({ advice: 'retry-elsewhere-region' });

describe('a machine for which there was no room', () => {
  it.each([
    ['a full host is tried once more in its region', fullHost, ['sjc'], 'sjc'],
    ['then in the next region', fullHost, ['sjc', 'sjc'], 'fra'],
    ['a full region is left at once', fullRegion, ['sjc'], 'fra'],
    ['and no region twice', fullRegion, ['sjc', 'fra'], 'ams'],
    ['from a region of its own it goes to the first of the others', fullRegion, ['syd'], 'sjc'],
    ['three places are enough', fullRegion, ['sjc', 'fra', 'ams'], undefined],
    ['even where the last was only a full host', fullHost, ['sjc', 'sjc', 'fra'], undefined],
  ] as const)('%s', (_, error, tried, next) => {
    expect(nextRegion(error, tried, ['sjc', 'fra', 'ams', 'lhr'])).toBe(next);
  });

  it('goes nowhere when there is no other region, or when it failed for another reason', () => {
    expect(nextRegion(fullRegion, ['sjc'], ['sjc'])).toBeUndefined();
    expect(nextRegion(fullHost, ['sjc', 'sjc'], ['sjc'])).toBeUndefined();
    for (const error of [
      fly({ advice: 'give-up' }),
      fly({}),
      new ValetError('machine_unreachable', 'silent'),
      new Error('x'),
    ])
      expect(nextRegion(error, ['sjc'], ['sjc', 'fra'])).toBeUndefined();
  });
});

it.each([
  ['Fly has no room', fullRegion, true],
  ['Fly is not well', fly({ kind: 'broken' }), true],
  ['its program never answers', new ValetError('machine_unreachable', 'silent'), true],
  ['our own queue was too long', fly({ kind: 'queued' }), false],
  ['we are closing', fly({ kind: 'closed' }), false],
  ['its row was given up meanwhile', new ValetError('state_changed', 'given up'), false],
  ['the database is away', new ValetError('database_unavailable', 'silence'), false],
  ['the work was aborted', new DOMException('stop', 'AbortError'), false],
  ['the code has a fault', new TypeError('undefined'), false],
] as const)('when %s, that speaks against its region: %s is %s', (_, error, counts) => {
  expect(isPlacesFault(error)).toBe(counts);
});
