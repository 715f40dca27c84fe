import { expect, test } from 'vitest';
import Watch from '../../src/commands/watch.js';
import { ValetError } from '../../src/sdk/errors.js';
import { runCommand } from '../support/commands.js';
import { FakeValet } from '../support/fake-valet.js';
import { busyOverview } from '../support/watched.js';

const overview = async () => busyOverview();

test('without a terminal there is no live screen: it says what to take instead, and asks nothing', async () => {
  const ran = await runCommand(Watch, []);
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ran.stderr).toContain('watch --once');
  expect(ran.stderr).toContain('valet projects list --json');
});

test('--once prints one picture as plain text', async () => {
  const valet = new FakeValet({ overview });
  const { stdout, stderr, exitCode } = await runCommand(Watch, ['--once'], { valet });
  expect({ stderr, exitCode, closed: valet.closed }).toEqual({ stderr: '', exitCode: 0, closed: 1 });
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('Valet prod at 10:00:00 UTC, told by app-1 (0.1.0, up 2 h)');
  expect(lines.at(-1)).toContain('atlas  archived, by sweep on app-2');
  expect(Math.max(...lines.map((line) => line.length))).toBe(80);
});

test('--once fits a terminal', async () => {
  const { stdout } = await runCommand(Watch, ['--once'], { valet: new FakeValet({ overview }), columns: 100 });
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeGreaterThan(80);
});

test('--json prints the overview as Valet returned it', async () => {
  const { stdout, exitCode } = await runCommand(Watch, ['--json'], { valet: new FakeValet({ overview }) });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual(busyOverview());
});

test.each([
  ['0.1s', '--every must be 0.5s or more'],
  ['often', 'is not a duration'],
])('--every %s is refused before anything is asked', async (every, message) => {
  const ran = await runCommand(Watch, ['--once', '--every', every]);
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain(message);
});

test('what cannot be asked at all is an error like everywhere', async () => {
  const away = new ValetError('valet_unreachable', 'Valet does not answer.');
  const valet = new FakeValet({ overview: () => Promise.reject(away) });
  expect(await runCommand(Watch, ['--once'], { valet })).toMatchObject({ exitCode: 69, stdout: '' });
});
