import type { Command, Interfaces } from '@oclif/core';

export interface Word {
  readonly text: string;
  readonly description: string;
}

export interface FlagWords {
  readonly names: readonly Word[];
  /** What it takes: nothing, one of these, a file, or anything. */
  readonly takes: 'nothing' | 'file' | 'anything' | readonly string[];
}

/** A place on the command line: what has been typed so far, and what may follow. */
export interface Place {
  /** "projects list"; empty at the beginning. */
  readonly path: string;
  readonly words: readonly Word[];
  readonly flags: readonly FlagWords[];
}

/** Everything that can be completed, from the list of commands that is read at start; shells need no Node.js for it. */
export function completionTree({ commands, topics }: Pick<Interfaces.Config, 'commands' | 'topics'>): Place[] {
  const shown = commands.filter(({ hidden }) => !hidden);
  const paths = new Set(['', ...shown.flatMap(({ id }) => stepsTo(id.split(':')))]);
  const textOf = new Map(topics.map(({ name, description }) => [name.replaceAll(':', ' '), description ?? '']));
  for (const { id, summary, description } of shown) textOf.set(id.replaceAll(':', ' '), summary ?? description ?? '');
  return [...paths].toSorted().map((path) => {
    const below = [...paths].filter((other) => other !== '' && parentOf(other) === path).toSorted();
    const command = shown.find(({ id }) => id.replaceAll(':', ' ') === path);
    const words = below.map((other) => ({ text: lastOf(other), description: oneLine(textOf.get(other) ?? '') }));
    return { path, words: [...words, ...argumentWords(command)], flags: flagsOf(command, path) };
  });
}

function argumentWords(command: Command.Loadable | undefined): Word[] {
  const [first] = Object.values(command?.args ?? {});
  return (first?.options ?? []).map((text) => ({ text, description: oneLine(first?.description ?? '') }));
}

const help: FlagWords = { names: [{ text: '--help', description: 'Show help.' }], takes: 'nothing' };
const version: FlagWords = { names: [{ text: '--version', description: 'Show the version.' }], takes: 'nothing' };

function flagsOf(command: Command.Loadable | undefined, path: string): FlagWords[] {
  const flags = Object.values(command?.flags ?? {}).filter(({ hidden }) => !hidden);
  const own = flags.map((flag) => {
    const description = oneLine(flag.summary ?? flag.description ?? '');
    const names = [`--${flag.name}`, ...(flag.char === undefined ? [] : [`-${flag.char}`])];
    return { names: names.map((text) => ({ text, description })), takes: takenBy(flag) };
  });
  return [...own, help, ...(path === '' ? [version] : [])];
}

function takenBy(flag: Command.Flag.Cached): FlagWords['takes'] {
  if (flag.type === 'boolean') return 'nothing';
  if (flag.options !== undefined && flag.options.length > 0) return flag.options;
  return flag.helpValue === 'FILE' ? 'file' : 'anything';
}

/** "projects", "projects list" */
function stepsTo(words: readonly string[]): string[] {
  return words.map((_, index) => words.slice(0, index + 1).join(' '));
}

function parentOf(path: string): string {
  return path.split(' ').slice(0, -1).join(' ');
}

function lastOf(path: string): string {
  return path.split(' ').at(-1) ?? '';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
