import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { page, root } from '../support/documents.js';

test('docs/operations.md names lines of the log that there are', () => {
  const [, logs = ''] = page('docs/operations.md').text.split('\n## Logs\n');
  const [table = ''] = logs.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('| `') && !line.startsWith('| `msg`'));
  const named = rows.flatMap((row) =>
    [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? ''),
  );
  expect(named.length).toBeGreaterThan(20);
  const code = globSync('src/{sdk,server,cli,commands}/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(root + file, 'utf8'),
  );
  expect(named.filter((text) => !code.some((source) => source.includes(`'${text}'`)))).toEqual([]);
});
