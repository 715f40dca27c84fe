import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('docs/cli.md has a row for every command', async () => {
  const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  const files = globSync('**/*.{ts,tsx}', { cwd: fileURLToPath(new URL('../../src/commands/', import.meta.url)) });
  const commands = files.map((path) =>
    path
      .replace(/\.tsx?$/, '')
      .replace(/\/index$/, '')
      .replaceAll('/', ' '),
  );
  expect(commands.length).toBeGreaterThan(10);
  const rows = page.split('\n').filter((line) => line.startsWith('| `valet '));
  expect(
    commands.filter((command) => !rows.some((row) => new RegExp(`^\\| \`valet ${command}[ \`]`).test(row))),
  ).toEqual([]);
});
