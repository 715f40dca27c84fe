import { expect, test } from 'vitest';
import { afterStep, notBegun, type WorkStep } from '../../src/cli/progress/progress.js';
import { countsText, outcomeText, summaryText } from '../../src/cli/progress/texts.js';

type GoingStep = Exclude<WorkStep, { readonly kind: 'done' }>;

function project(id: string, outcome: 'archived' | 'kept' | 'failed'): GoingStep {
  return { kind: 'project', outcome, id, took_secs: 1, code: null, reason: null };
}

function after(...steps: readonly GoingStep[]) {
  return steps.reduce(afterStep, notBegun);
}

test('counts are by outcome, good ones first, in whatever order they come', () => {
  const progress = after(
    { kind: 'planned', total: 3 },
    project('a', 'failed'),
    project('b', 'kept'),
    project('c', 'archived'),
  );
  expect(countsText(progress, 31_900)).toBe('3 of 3 · 1 archived · 1 kept · 1 failed · 00:31');
  expect(summaryText(progress, 31_900)).toBe('3 of 3 in 31 s: 1 archived, 1 kept, 1 failed.');
});

test('what is planned may grow', () => {
  const progress = after({ kind: 'planned', total: 1 }, project('a', 'archived'), { kind: 'planned', total: 150 });
  expect(countsText(progress, 3_727_000)).toBe('1 of 150 · 1 archived · 1:02:07');
});

test('only the last few outcomes are kept, however many there were', () => {
  const steps = Array.from({ length: 1000 }, (_, index) => project(`p${index}`, 'archived'));
  const { latest, finished } = after(...steps);
  expect(latest.map(({ id }) => id)).toEqual(['p995', 'p996', 'p997', 'p998', 'p999']);
  expect(finished).toBe(1000);
});

test('where there was nothing to do there is nothing to sum up', () => {
  expect(summaryText(notBegun, 10)).toBeUndefined();
  expect(summaryText(after({ kind: 'planned', total: 2 }), 10)).toBe('0 of 2 in less than 1 s.');
});

test('outcomes are said in the words of people, without what a terminal would obey', () => {
  const failed = {
    id: 'demo',
    outcome: 'failed',
    tookSecs: 0.12,
    code: 'fly_failed',
    reason: 'Fly\u001b[31m said\nno.',
  };
  expect(outcomeText(failed)).toBe('demo failed (0.1 s): fly_failed: Fly said no.');
  const words = after(
    { kind: 'orphan', outcome: 'done', id: 'e82d', took_secs: 1, code: null, reason: null },
    { kind: 'archive', outcome: 'unproven', id: '1', project_id: 'demo', took_secs: 1, code: null, reason: null },
    { kind: 'machine', outcome: 'retiring', id: '7' },
  );
  expect(words.latest.map(outcomeText)).toEqual(['e82d removed (1.0 s)', '1 not proven (1.0 s)', '7 retiring']);
});
