import type { Interfaces } from '@oclif/core';
import { ValetError } from '../../sdk/errors.js';
import type { Surroundings } from '../environment.js';
import { failureJson, failureOf, failureText } from './failure.js';
import { nearestPhrase } from './nearest.js';

const maxGuesses = 5;

/** Answers a command line that names no command, as every other error is answered. */
export function tellUnknownCommand(
  argv: readonly string[],
  config: Pick<Interfaces.Config, 'bin' | 'commandIDs' | 'topics'>,
  { stdout, stderr, exitWith }: Pick<Surroundings, 'stdout' | 'stderr' | 'exitWith'>,
): void {
  const typed = wordsOf(argv);
  const known = [...new Set([...config.commandIDs, ...config.topics.map(({ name }) => name)])];
  const guesses = guessCommands(
    typed,
    known.map((id) => id.split(':')),
  ).map((words) => `"${config.bin} ${words.join(' ')}"`);
  const error = new ValetError('request_invalid', `There is no command "${typed.join(' ')}".`, {
    hint: guesses.length > 0 ? `Did you mean ${guesses.join(' or ')}?` : `"${config.bin} --help" lists what there is.`,
  });
  const failure = failureOf(error, '', '');
  exitWith(failure.exitCode);
  if (argv.includes('--json')) stdout.write(`${JSON.stringify(failureJson(failure), null, 2)}\n`);
  else stderr.write(failureText(failure, stderr));
}

/** Those that have this very word in their topic, or else the nearest by its letters. */
export function guessCommands(
  typed: readonly string[],
  known: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const sameWord = known.filter((words) => words.length > 1 && words.at(-1) === typed[0]);
  if (sameWord.length > 0) return sameWord.slice(0, maxGuesses);
  const near = nearestPhrase(typed, known);
  return near === undefined ? [] : [near];
}

function wordsOf(argv: readonly string[]): string[] {
  const flagsBegin = argv.findIndex((word) => word.startsWith('-'));
  const words = flagsBegin === -1 ? argv : argv.slice(0, flagsBegin);
  return words.flatMap((word) => word.split(':')).filter((word) => word !== '');
}
