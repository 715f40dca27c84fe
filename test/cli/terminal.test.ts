import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { askPerson } from '../../src/cli/terminal.js';

function terminal() {
  return { input: new PassThrough(), output: new PassThrough() };
}

const unaborted = new AbortController().signal;

test('a person is asked, and their line is the answer', async () => {
  const streams = terminal();
  streams.input.write('y\nand more\n');
  expect(await askPerson(streams, 'Delete? [y/N] ', unaborted)).toBe('y');
  streams.output.end();
  expect(await text(streams.output)).toBe('Delete? [y/N] ');
});

test('whoever ends the input without a line has answered nothing', async () => {
  const streams = terminal();
  streams.input.end();
  expect(await askPerson(streams, 'Delete? [y/N] ', unaborted)).toBe('');
});

test('a question that is aborted has no answer', async () => {
  const asking = new AbortController();
  const answer = askPerson(terminal(), 'Delete? [y/N] ', asking.signal);
  asking.abort();
  await expect(answer).rejects.toThrow('aborted');
});
