import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { page, root, tableRows } from '../support/documents.js';

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

  it('names a test or a reason for every hazard', () => {
    expect(rows.filter(({ shownBy }) => shownBy === '').map(({ hazard }) => hazard)).toEqual([]);
  });
});
