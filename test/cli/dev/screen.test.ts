import { expect, test } from 'vitest';
import { devScreen } from '../../../src/cli/dev/screen.js';

const platform = {
  publicUrl: 'http://localhost:65535',
  secret: 'a'.repeat(24),
  fly: { url: 'http://127.0.0.1:65535', token: `local-${'a'.repeat(16)}` },
  dir: '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/valet-AbCdEf',
};

test('the screen fits a terminal of 80 by 24, with the lines that come before and after it', () => {
  const lines = devScreen(platform).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  const progress = 4;
  const prompt = 1;
  expect(lines.length + progress - 1 + prompt).toBeLessThanOrEqual(24 + 1);
});

test('what it says to run names the platform that runs', () => {
  const screen = devScreen({ ...platform, publicUrl: 'http://localhost:9123' });
  expect(screen).toContain('export VALET_URL=http://localhost:9123\n');
  expect(screen).toContain(`export CONTROL_PLANE_SECRET=${platform.secret}\n`);
  expect(screen).toContain('curl http://demo.localhost:9123/kv/greeting\n');
});
