import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the import rules over a small house of its own. */
async function violationsIn(rules: 'walls' | 'effects', files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-house-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
    const top = rules === 'walls' ? 'src' : 'dist';
    const bin = join(root, 'node_modules/.bin/depcruise');
    const found = await execa(bin, [top, '--config', join(root, `house/${rules}.mjs`)], { cwd: dir, reject: false });
    return found.stdout;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

it('finds an import that goes through a wall, also when it imports only a type', async () => {
  const found = await violationsIn('walls', {
    'src/sdk/core.ts': `import type { Server } from '../server/server.js';\nexport type Held = Server;\n`,
    'src/server/server.ts': 'export interface Server { port: number }\n',
  });
  expect(found).toContain('sdk-stands-alone: src/sdk/core.ts → src/server/server.ts');
});

it('finds a journey that takes the database by itself instead of being handed it', async () => {
  const found = await violationsIn('effects', {
    'dist/sdk/projects/wake.js': `import { Database } from '../database/database.js';\nexport const db = new Database();\n`,
    'dist/sdk/database/database.js': 'export class Database {}\n',
  });
  expect(found).toContain('only-control-plane-joins: dist/sdk/projects/wake.js → dist/sdk/database/database.js');
});

it('lets a file through that keeps to its rooms', async () => {
  const found = await violationsIn('walls', {
    'src/server/server.ts': `import { wake } from '../sdk/core.js';\nexport const serve = wake;\n`,
    'src/sdk/core.ts': 'export const wake = 1;\n',
  });
  expect(found).toContain('no dependency violations found (2 modules');
});
