import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { reap } from '../../../src/local/platform/reap.js';

/** A group of two, as a project server with a process of its own, that ignores what asks it to end. */
async function stubborn() {
  const script = `
    process.on('SIGQUIT', () => undefined);
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    process.stdout.write(String(child.pid));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, exited };
}

function isThere(target: number): boolean {
  try {
    return process.kill(target, 0);
  } catch {
    return false;
  }
}

test('a group is ended whole, also when it is suspended', async () => {
  const { pid, exited } = await stubborn();
  process.kill(-pid, 'SIGSTOP');
  await reap(new Map([[pid, 'SIGKILL']]));
  expect(await exited).toEqual([null, 'SIGKILL']);
  // Its second process has been inherited by the system's init, which may take its time.
  await expect.poll(() => isThere(-pid), { timeout: 20_000 }).toBe(false);
});

test('who does not end when asked is ended by force', async () => {
  const { pid, exited } = await stubborn();
  await reap(new Map([[pid, 'SIGQUIT']]), 100);
  expect(await exited).toEqual([null, 'SIGKILL']);
});

test('who is asked and ends is not touched again', async () => {
  const child = spawn(
    process.execPath,
    ['-e', "process.on('SIGQUIT', () => process.exit(7)); process.stdout.write('on'); setInterval(() => {}, 1000)"],
    { detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  await reap(new Map([[child.pid ?? 0, 'SIGQUIT']]));
  expect(await exited).toEqual([7, null]);
});

test('who is gone already holds nothing up', async () => {
  const child = spawn(process.execPath, ['-e', ''], { detached: true });
  await once(child, 'exit');
  await expect(reap(new Map([[child.pid ?? 0, 'SIGKILL']]))).resolves.toBeUndefined();
});
