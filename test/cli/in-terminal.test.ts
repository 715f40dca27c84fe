import { expect, test } from 'vitest';
import { ValetInTerminal } from '../support/terminal.js';

test('in a terminal the help is shown, and the command ends by itself', async () => {
  await using terminal = ValetInTerminal.start(['projects', 'list', '--help']);
  expect(await terminal.exited).toBe(0);
  await terminal.shows('List projects, a page at a time.');
});

test('in a terminal an error is in its words, and the exit code is the same', async () => {
  await using terminal = ValetInTerminal.start(['projects', 'get', 'demo']);
  await terminal.shows('Code: config_invalid');
  expect(await terminal.exited).toBe(78);
});
