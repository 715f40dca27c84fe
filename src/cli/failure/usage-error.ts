import type { Errors } from '@oclif/core';
import { ValetError } from '../../sdk/errors.js';
import { nearest } from './nearest.js';

/** What oclif's parser says of a command line, as a sentence that ends in what was probably meant. */
export function usageError(error: Errors.CLIError, seeHelp: string): ValetError {
  const said = error.message.replace(/\s*See more help with --help\s*$/, '');
  const { message, meant } = reword(said, flagNames(error));
  const hint = meant === undefined ? seeHelp : `Did you mean ${meant}? ${seeHelp}`;
  return new ValetError('request_invalid', message, { hint, cause: error });
}

interface Reworded {
  readonly message: string;
  readonly meant?: string | undefined;
}

function reword(said: string, flags: readonly string[]): Reworded {
  const [, unknown] = /^Nonexistent flags?: (.+)$/.exec(said) ?? [];
  if (unknown !== undefined) return unknownFlag(unknown, flags);
  const [, what, value, options] = /^Expected (?:(--[\w-]+)=)?(.*) to be one of: (.+)$/s.exec(said) ?? [];
  if (value !== undefined && options !== undefined) return wrongOption(what, value, options.split(', '));
  const [, missing] = /^Missing \d+ required args?:\n(.+)$/s.exec(said) ?? [];
  if (missing !== undefined) return { message: `What is missing: ${listed(missing, /^(\S+)\s*(.*)$/)}` };
  const [, wrong, why] = /^Parsing (--[\w-]+)\s+(.+)$/s.exec(said) ?? [];
  if (wrong !== undefined) return { message: `${wrong} is wrong: ${lowerFirst(why ?? '')}.` };
  const [, faults] = /^The following errors? occurred:\s+(.+)$/s.exec(said) ?? [];
  if (faults !== undefined) return { message: sentences(faults) };
  return { message: /[.!?]$/.test(said) ? said : `${said}.` };
}

function unknownFlag(unknown: string, flags: readonly string[]): Reworded {
  const [first = ''] = unknown.split(', ');
  const meant = first.startsWith('--') ? nearest(first.slice(2), flags) : undefined;
  return { message: `There is no flag ${unknown} here.`, meant: meant && `--${meant}` };
}

function wrongOption(what: string | undefined, value: string, options: readonly string[]): Reworded {
  const flag = what ?? 'This';
  const message = `${flag} cannot be ${JSON.stringify(value.slice(0, 40))}. It is one of: ${options.join(', ')}.`;
  return { message, meant: nearest(value, options) };
}

/** "ID (the project), OUTPUT (the file)" */
function listed(lines: string, row: RegExp): string {
  const items = lines.split('\n').map((line) => {
    const [, name = line, text = ''] = row.exec(line) ?? [];
    return text === '' ? name.toUpperCase() : `${name.toUpperCase()}, ${lowerFirst(text.replace(/\.$/, ''))}`;
  });
  return `${items.join('; ')}.`;
}

function sentences(lines: string): string {
  return lines
    .split('\n')
    .map((line) => line.trim().replace('=true', ''))
    .map((line) => (line.endsWith('.') ? line : `${line}.`))
    .join(' ');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Those of the command that was parsed. */
function flagNames(error: Errors.CLIError): string[] {
  if (!('parse' in error)) return [];
  const { input } = Object(error.parse);
  return Object.keys(Object(Object(input).flags));
}
