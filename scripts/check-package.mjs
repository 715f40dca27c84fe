// Holds the package to what npm and TypeScript expect of one, as it would be published. The build must be there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'valet-package-'));
const run = (program, ...args) => execFileSync(join(root, 'node_modules/.bin', program), args, { stdio: 'inherit' });
try {
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', dir];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }));
  run('publint', '--strict', join(dir, filename));
  // ESM only: every Node.js that runs it can load it from CommonJS as well.
  run('attw', '--profile', 'esm-only', '--no-summary', '--format', 'ascii', join(dir, filename));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
