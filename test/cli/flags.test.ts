import type { Command } from '@oclif/core';
import { expect, test } from 'vitest';
import { builtConfig } from '../support/help.js';

const { commands } = await builtConfig();
const uses = commands.flatMap(({ id, flags }) => Object.values(flags).map((flag) => ({ id, flag })));
/** What they bound, and how far, and what stands in for them, is told by each command. */
const ownWords = ['limit', 'port', 'project', 'archive', 'state', 'region', 'cursor', 'concurrency', 'url'];

function differing(shape: (flag: Command.Flag.Cached) => unknown, names: readonly string[]): string[] {
  return names.filter((name) => {
    const shapes = uses.filter(({ flag }) => flag.name === name).map(({ flag }) => JSON.stringify(shape(flag)));
    return new Set(shapes).size > 1;
  });
}

const names = [...new Set(uses.map(({ flag }) => flag.name))];

test('a flag of the same name has the same letter and type in every command', () => {
  expect(names.length).toBeGreaterThan(10);
  const shape = ({ char, type, ...rest }: Command.Flag.Cached) => [char, type, 'multiple' in rest && rest.multiple];
  expect(differing(shape, names)).toEqual([]);
});

test('a flag of the same name is described in the same words', () => {
  const same = names.filter((name) => !ownWords.includes(name));
  expect(differing(({ description }) => description, same)).toEqual([]);
});

test('a letter stands for one flag', () => {
  const letters = Map.groupBy(
    uses.filter(({ flag }) => flag.char !== undefined),
    ({ flag }) => flag.char,
  );
  for (const [, of] of letters) expect([...new Set(of.map(({ flag }) => flag.name))]).toHaveLength(1);
});

test('-h and -v are taken by help and version alone', () => {
  expect(uses.filter(({ flag }) => flag.char === 'h' || flag.char === 'v')).toEqual([]);
});

test('every command that lists can print ids alone', () => {
  const lists = commands.filter(({ id }) => id.endsWith(':list'));
  expect(lists.length).toBeGreaterThan(3);
  expect(lists.filter(({ flags }) => flags.quiet?.char !== 'q').map(({ id }) => id)).toEqual([]);
});

test('what destroys has --yes and --dry-run, one without the other never', () => {
  const having = (name: string) => commands.filter(({ flags }) => flags[name] !== undefined).map(({ id }) => id);
  expect(having('yes')).toEqual(expect.arrayContaining(['projects:delete', 'pool:drain', 'orphans:remove']));
  expect(having('yes')).toEqual(having('dry-run'));
});
