import { Flags } from '@oclif/core';

const name = 'json-lines';

/** Of every command whose work tells its steps. */
export const jsonLinesFlag = {
  [name]: Flags.boolean({
    description: 'Print each step as a line of JSON as it happens; the last is "done" or "failed".',
    exclusive: ['json', 'dry-run'],
  }),
};

/** Known before the command line is parsed, since what is wrong with that is told as a line as well. */
export function tellsLines(argv: readonly string[], flags: object = {}): boolean {
  const end = argv.indexOf('--');
  return name in flags && (end === -1 ? argv : argv.slice(0, end)).includes(`--${name}`);
}

export function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
