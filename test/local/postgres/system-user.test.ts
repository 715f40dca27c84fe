import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canEnter } from '../../../src/local/postgres/system-user.js';

const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 };

test('a folder can be entered only when all above it can', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'valet-enter-'));
  const inner = join(dir, 'inner');
  await mkdir(inner, { mode: 0o755 });
  await chmod(dir, 0o711);
  expect(await canEnter(stranger, inner)).toBe(true);
  await chmod(dir, 0o700);
  expect(await canEnter(stranger, inner)).toBe(false);
  expect(await canEnter({ ...stranger, uid: process.getuid?.() ?? 0 }, inner)).toBe(true);
  await rm(dir, { recursive: true });
});
