import { expect, test } from 'vitest';
import { flyReadyLine, flyScreen } from '../../../src/cli/dev/fly-screen.js';

const fly = {
  emulator: { url: 'http://127.0.0.1:65535', token: `local-${'a'.repeat(16)}`, app: 'valet-projects' },
  proxy: { url: 'http://127.0.0.1:65534', port: 65_534 },
  network: { urlTemplate: 'http://127.0.0.1:65533/{app}/{machine_id}' },
  dir: '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/valet-AbCdEf',
};

test('the screen fits a terminal of 80 by 24, with the command before it and the cursor after it', () => {
  const lines = flyScreen(fly).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.length + 2).toBeLessThanOrEqual(24);
});

test('it names the emulator that runs, wherever that is', () => {
  const screen = flyScreen({ ...fly, emulator: { ...fly.emulator, app: 'web', token: 'mine' } });
  expect(screen).toContain('  API=http://127.0.0.1:65535/v1/apps/web\n');
  expect(screen).toContain("  AUTH='authorization: Bearer mine'\n");
  expect(screen).toContain('    http://web.fly.localhost:65534/internal/status\n');
  expect(screen).toContain('\nPrivate network: http://127.0.0.1:65533/{app}/{machine_id}\n');
});

test('what can be copied has no comments: not every shell takes them', () => {
  expect(flyScreen(fly).match(/^ {2}.*#.*$/m)).toBeNull();
});

test('the ready line is one line of JSON with the three things that a client needs', () => {
  const line = flyReadyLine(fly);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({
    api: 'http://127.0.0.1:65535',
    proxy: 'http://127.0.0.1:65534',
    token: fly.emulator.token,
  });
});
