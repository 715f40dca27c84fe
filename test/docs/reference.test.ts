import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { root } from '../support/documents.js';
import { type Reference, readReference } from '../support/sdk-reference/pages.js';

let reference: Reference;

beforeAll(async () => {
  reference = await readReference();
});

// With VALET_WRITE_DOCS, as `npm run docs` has it, it writes what it would else compare.
it('docs/reference is that of the code; "npm run docs" writes it anew', () => {
  const there = globSync('docs/reference/**/*.md', { cwd: root });
  const wanted = new Map(reference.pages.map(({ path, text }) => [path, text]));
  if (process.env.VALET_WRITE_DOCS === '1') {
    mkdirSync(join(root, 'docs/reference'), { recursive: true });
    for (const path of there) if (!wanted.has(path)) rmSync(join(root, path));
    for (const [path, text] of wanted) writeFileSync(join(root, path), text);
    return;
  }
  const differs = [...wanted].filter(([path, text]) => !existsSync(join(root, path)) || read(path) !== text);
  expect(
    differs.map(([path]) => path),
    'out of date: run "npm run docs"',
  ).toEqual([]);
  expect(there.toSorted()).toEqual([...wanted.keys()].toSorted());
});

it('every public export says what it is', () => {
  const silent = reference.exported.filter(({ exported }) => exported.doc.text === '');
  expect(silent.map(({ entry, exported }) => `${exported.name} of ${entry}, in src/${exported.file}`)).toEqual([]);
});

it('every method that is public says what it does', () => {
  const silent = reference.exported.flatMap(({ exported }) =>
    exported.members
      .filter((member) => member.isMethod && member.doc.text === '' && member.doc.tags.length === 0)
      .map((member) => `${exported.name}: ${member.signature}`),
  );
  expect(silent).toEqual([]);
});

it('the reference names no path of a computer and repeats no schema', () => {
  for (const { path, text } of reference.pages)
    expect(text, path).not.toMatch(/\/(tmp|home|root|Users)\/|\bz\.(infer|input|output)</);
});

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
