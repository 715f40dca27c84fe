import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { page, root } from '../support/documents.js';

const all = Array.from({ length: 13 }, (_, index) => `G${index + 1}`);
const sections = page('ARCHITECTURE.md')
  .text.split(/^### (?=G\d+ )/m)
  .slice(1);

/** The guarantees that the titles of each test file name. */
const titles = new Map(
  globSync('test/**/*.test.ts', { cwd: root })
    .filter((path) => !path.startsWith('test/docs/'))
    .map((path) => [path, new Set([...page(path).text.matchAll(/['"`](G\d+): /g)].map(([, name = '']) => name))]),
);

function sectionOf(guarantee: string): string {
  return sections.find((section) => section.startsWith(`${guarantee} `)) ?? '';
}

function filesNamedIn(section: string): string[] {
  return [...section.matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(([, path = '']) => path);
}

describe('ARCHITECTURE.md', () => {
  it('has a section for each of the guarantees, and for no other', () => {
    expect(sections.map((section) => section.split(' ')[0])).toEqual(all);
  });

  it.each(all)('names tests for %s that are there, or says that it is not proven yet', (guarantee) => {
    const section = sectionOf(guarantee);
    const files = filesNamedIn(section);
    if (files.length === 0) expect(section).toContain('Not proven yet');
    expect(files.filter((path) => !titles.get(path)?.has(guarantee))).toEqual([]);
  });

  it.each(all)('does not say that %s is unproven when a test names it', (guarantee) => {
    const proven = [...titles.values()].some((names) => names.has(guarantee));
    expect(proven && filesNamedIn(sectionOf(guarantee)).length === 0).toBe(false);
  });
});

it('no test title names a guarantee that is not there', () => {
  const named = [...titles.values()].flatMap((names) => [...names]);
  expect(named.filter((name) => !all.includes(name))).toEqual([]);
});
