import { expect, test } from 'vitest';
import { required, type Turn, type Write } from './lineage.js';

const writeAfter = (key: string, begunAfter: number, answeredAfter = begunAfter): Write => ({
  key,
  begunAfter,
  answeredAfter,
});
const turns = (...whats: (string | readonly [string, string])[]): Turn[] =>
  whats.map((each, index) => {
    const [what, archive_id] = typeof each === 'string' ? [each, null] : each;
    return { id: index + 1, what, archive_id };
  });

const twiceArchived = ['activated', ['archived', 'x1'], 'wake_begun', 'activated', ['archived', 'x2']] as const;
const writes = [writeAfter('first', 1), writeAfter('second', 4)];

test('all that was acknowledged must be there while nobody has chosen an archive', () => {
  expect(required(turns(...twiceArchived), [...writes, writeAfter('third', 1, 4)])).toEqual(
    new Set(['first', 'second', 'third']),
  );
});

test('back at an earlier archive, what was written before it must be there, and what is written since', () => {
  const chosen = turns(...twiceArchived, ['archive_chosen', 'x1'], 'wake_begun', 'activated');
  expect(required(chosen, [...writes, writeAfter('since', 8)])).toEqual(new Set(['first', 'since']));
});

test('an undo after an archive was chosen brings back what is on the volume, not what was chosen', () => {
  const undone = turns(...twiceArchived, ['archive_chosen', 'x1'], 'undo_begun', 'activated');
  expect(required(undone, writes)).toEqual(new Set(['first', 'second']));
});

test('an archive made after going back does not hold what was left behind', () => {
  const again = turns(...twiceArchived, ['archive_chosen', 'x1'], 'wake_begun', 'activated', ['archived', 'x3']);
  expect(required(again, writes)).toEqual(new Set(['first']));
});
