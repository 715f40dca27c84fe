import { expect, test } from 'vitest';
import { startPlatform } from '../../../src/local/platform/platform.js';
import { runToEnd } from '../../../src/local/platform/program.js';

test('a start that is given up before it began starts nothing', async () => {
  const steps: string[] = [];
  const signal = AbortSignal.abort(new Error('No longer wanted.'));
  await expect(startPlatform({ signal, onStep: (what) => steps.push(what) })).rejects.toThrow('No longer wanted.');
  expect(steps).toEqual([]);
});

test('a program that was run to its end hands over what it printed and its exit code', async () => {
  const program = { command: process.execPath, args: ['-e', 'console.log(1); console.error(2); process.exit(3)'] };
  expect(await runToEnd(program, {})).toEqual({ exitCode: 3, stdout: '1\n', stderr: '2\n' });
});

test('a program whose signal aborts is ended', async () => {
  const giveUp = new AbortController();
  const endless = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
  const running = runToEnd(endless, {}, giveUp.signal);
  giveUp.abort();
  await expect(running).rejects.toThrow('abort');
});
