import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allPages, brokenLinks, codeIn, page, root } from '../support/documents.js';

const pages = allPages();
const manifest = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(page('package.json').text));

const commands = globSync('**/*.{ts,tsx}', { cwd: `${root}src/commands` }).map((path) =>
  path.replace(/(\/index)?\.tsx?$/, '').replaceAll('/', ' '),
);
const topics = commands.filter((command) => command.includes(' ')).map((command) => command.split(' ')[0]);

/** What a call of `valet` asks for, if that is no command: a topic alone is one, as in "valet db". */
function unknownCommand(code: string): string[] {
  const call = /^(?:\$ )?(?:npx valet|valet|node bin\/run\.js) ([a-z-]+)(?: ([a-z-]+))?/.exec(code);
  const [, first = '', second] = call ?? [];
  if (call === null || first.startsWith('-') || commands.includes(first)) return [];
  if (commands.includes(`${first} ${second}`)) return [];
  return second === undefined && topics.includes(first) ? [] : [`${first} ${second ?? ''}`];
}

describe('of everything that the pages refer to', () => {
  it('the pages are found', () => {
    expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/cli.md']));
    expect(commands).toEqual(expect.arrayContaining(['projects list', 'dev', 'serve']));
  });

  it.each(pages)('every relative link in $path leads somewhere', (one) => {
    expect(brokenLinks(one)).toEqual([]);
  });

  it.each(pages)('every path of the checkout in $path exists', (one) => {
    const paths = codeIn(one).filter((code) => /^(src|test|house|bin|docs|scripts)\/[\w./*-]*$/.test(code));
    expect(paths.filter((path) => globSync(path.replace(/\/$/, ''), { cwd: root }).length === 0)).toEqual([]);
  });

  it.each(pages)('every valet command in $path exists', (one) => {
    expect(codeIn(one).flatMap(unknownCommand)).toEqual([]);
  });

  it.each(pages)('every npm script in $path exists', ({ text }) => {
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
  });
});
