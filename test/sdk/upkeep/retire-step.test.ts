import { expect, it } from 'vitest';
import {
  isDestructive,
  isUnaskable,
  oldEnoughToBelieve,
  provenAbsent,
  retireBackoffSecs,
  retireStep,
} from '../../../src/sdk/upkeep/retire-step.js';

const fresh = {
  fly_id: 'fly-1',
  volume_id: 'vol_1',
  machine_gone: false,
  to_be_asked: false,
  has_volume: true,
  keep_volume_secs: 0,
  volume_deleting: false,
};
const kept = { keep_volume_secs: 60 };
const gone = { machine_gone: true };

it.each([
  ['a machine whose id is known', {}, 'delete_machine'],
  ['a machine that may serve somebody', { to_be_asked: true }, 'ask_machine'],
  ['a machine that may serve somebody, gone by now', { ...gone, to_be_asked: true }, 'delete_volume'],
  ['a machine whose volume is kept', kept, 'delete_machine'],
  ['a machine whose id is not known', { fly_id: null }, 'find_machine'],
  ['a machine whose id is not known, the volume’s neither', { fly_id: null, volume_id: null }, 'find_machine'],
  ['a volume that is kept', { ...gone, ...kept }, 'keep_volume'],
  ['a kept volume whose id is not known', { ...gone, ...kept, volume_id: null }, 'keep_volume'],
  ['a volume whose deletion has begun', { ...gone, ...kept, volume_deleting: true }, 'delete_volume'],
  ['a volume whose keep time has passed', { ...gone, keep_volume_secs: -1 }, 'delete_volume'],
  ['a machine whose volume is another row’s by now', { ...gone, has_volume: false, volume_id: null }, 'finish'],
  ['a volume whose id is not known', { ...gone, volume_id: null }, 'find_volume'],
] as const)('G1: %s: %o → %s', (_, fields, step) => {
  expect(retireStep({ ...fresh, ...fields })).toBe(step);
});

it.each([
  [299, 10, false],
  [3600, 5, false],
  [300, 6, true],
])(
  'G10: what was never answered, %d s old and looked for %d times, is proven absent: %s',
  (age_secs, attempts, proven) => {
    expect(provenAbsent({ age_secs, attempts })).toBe(proven);
  },
);

it('G10: a 404 for something younger than 5 minutes proves nothing', () => {
  expect([0, 299, 300].map((age_secs) => oldEnoughToBelieve({ age_secs }))).toEqual([false, false, true]);
});

it('waits 1 s, doubling, up to a minute', () => {
  expect([0, 1, 2, 5, 6, 7, 1_000_000].map(retireBackoffSecs)).toEqual([1, 2, 4, 32, 60, 60, 60]);
});

it('G13: only what takes something away for good is kept back by a fuse that has blown', () => {
  const steps = [
    'find_machine',
    'ask_machine',
    'delete_machine',
    'finish',
    'find_volume',
    'keep_volume',
    'delete_volume',
  ] as const;
  expect(steps.filter(isDestructive)).toEqual(['delete_machine', 'delete_volume']);
});

it.each([
  [299, 20, false],
  [3600, 5, false],
  [300, 6, true],
])(
  'G13: given up for %i s and asked in vain %i times, a machine goes without having answered: %s',
  (retiring_secs, attempts, expected) => {
    expect(isUnaskable({ retiring_secs, attempts })).toBe(expected);
  },
);
