import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { page, root, tableRows } from '../support/documents.js';

/** Hazards whose answer is being built: they have no test to name. Whoever names one takes the hazard out of here. */
const notYet: readonly string[] = [
  'A deletion is undone by a resume at the same time, or the other way round.',
  'A pool that cannot be filled creates machines for ever.',
  'A pool is filled and never claimed from, and nobody notices.',
  'A pool cannot be emptied or paused without stopping everything.',
  'Machines and volumes that no row knows cost money for ever, or are destroyed by mistake.',
  'One wrong decision destroys everything at once.',
  "A machine in the pool's row serves a project in truth.",
  "A database restored from yesterday's backup destroys what today's made.",
  'A machine is gone while its volume lives, and the project is down for good.',
  'Machine and volume are both gone, and an old archive is served silently.',
  'An archive turns out to be unwanted, and the volume is there but of no use.',
  'Archives are kept for ever, or the wrong ones are deleted; nobody can look at one later.',
  'A long job without traffic is put away in the middle.',
  'Nobody can say why a project is awake and when it will sleep.',
  'A sweep over everything needs memory for everything.',
  'Faults come together in an order that nobody thought of.',
];

const lessons = page('docs/lessons.md');
const rows = tableRows(lessons).map(([hazard = '', answer = '', shownBy = '']) => ({ hazard, answer, shownBy }));

interface Named {
  readonly path: string;
  readonly title: string;
}

function testsIn(shownBy: string): Named[] {
  return [...shownBy.matchAll(/`(test\/[\w./-]+)` "([^"]+)"/g)].map(([, path = '', title = '']) => ({ path, title }));
}

/** In the quotes of its source, so that it is a whole title and no part of one. */
function hasTitle({ path, title }: Named): boolean {
  if (!existsSync(join(root, path))) return false;
  const { text } = page(path);
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => text.includes(quoted));
}

describe('docs/lessons.md', () => {
  it('says of every hazard how it is answered', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter(({ hazard, answer }) => hazard === '' || answer === '')).toEqual([]);
    expect(new Set(rows.map(({ hazard }) => hazard)).size).toBe(rows.length);
  });

  it.each(rows)('names tests that are there: $hazard', ({ shownBy }) => {
    expect(testsIn(shownBy).filter((named) => !hasTitle(named))).toEqual([]);
  });

  it('names tests in one form only, so that none is overlooked', () => {
    const malformed = rows.filter(({ shownBy }) => {
      const rest = shownBy.replace(/`test\/[\w./-]+` "[^"]+"/g, '').replaceAll('<br>', '');
      return rest.trim() !== '' && !shownBy.startsWith('No test: ');
    });
    expect(malformed).toEqual([]);
  });

  it('has no test for exactly those that wait for one', () => {
    expect(rows.filter(({ shownBy }) => shownBy === '').map(({ hazard }) => hazard)).toEqual(notYet);
  });
});
