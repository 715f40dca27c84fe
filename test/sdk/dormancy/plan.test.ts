import { expect, it } from 'vitest';
import type { IdleProject } from '../../../src/sdk/database/dormancy.js';
import { planSweep } from '../../../src/sdk/dormancy/plan.js';
import { idle } from '../../support/idle-project.js';

function planned(projects: IdleProject[], limit: number) {
  const { archive, skip, leftOver } = planSweep(projects, limit);
  return {
    archive: archive.map(({ id }) => id),
    skip: skip.map(({ project, reason }) => [project.id, reason]),
    leftOver,
  };
}

it.each([
  ['nothing is idle', [], 10, { archive: [], skip: [], leftOver: 0 }],
  ['all may sleep', [idle('a'), idle('b')], 10, { archive: ['a', 'b'], skip: [], leftOver: 0 }],
  [
    'one is held',
    [idle('a', { held: true }), idle('b')],
    10,
    { archive: ['b'], skip: [['a', 'held by an operator']], leftOver: 0 },
  ],
  [
    'one has failed before',
    [idle('a', { archive_retry_secs: 59.2 })],
    10,
    { archive: [], skip: [['a', 'archiving it failed; not again for 60 seconds']], leftOver: 0 },
  ],
  ['a failure is long past', [idle('a', { archive_retry_secs: -1 })], 10, { archive: ['a'], skip: [], leftOver: 0 }],
] as const)('%s', (_, projects, limit, plan) => {
  expect(planned([...projects], limit)).toEqual(plan);
});

it('G13: no more than the limit goes to sleep; what is skipped takes no room, and what is left is counted', () => {
  const projects = [idle('a', { held: true }), idle('b'), idle('c'), idle('d'), idle('e', { archive_retry_secs: 1 })];
  expect(planned(projects, 2)).toEqual({
    archive: ['b', 'c'],
    skip: [
      ['a', 'held by an operator'],
      ['e', 'archiving it failed; not again for 1 seconds'],
    ],
    leftOver: 1,
  });
  expect(planned(projects, 0)).toMatchObject({ archive: [], leftOver: 3 });
});
