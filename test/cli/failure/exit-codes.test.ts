import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { exitCodes, exitNames } from '../../../src/cli/failure/exit-codes.js';

test('docs/cli.md lists every exit code with the error codes that lead to it', async () => {
  const page = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| (\d+) \| (\w+) \| [^|]+ \| ([^|]+) \|$/gm)].map(
    ([, code, name, errors]) => ({
      name,
      code: Number(code),
      errors: [...(errors ?? '').matchAll(/`(\w+)`/g)].map(([, error]) => error),
    }),
  );
  const actual = Object.entries(exitCodes).map(([name, code]) => {
    const errors = Object.entries(exitNames).filter(([, exitName]) => exitName === name);
    return { name, code, errors: errors.map(([error]) => error) };
  });
  expect(documented).toEqual(actual);
});

test('no two exit codes are the same number', () => {
  const codes = Object.values(exitCodes);
  expect(new Set(codes).size).toBe(codes.length);
});
