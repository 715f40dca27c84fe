import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { allVariables } from '../../../src/sdk/config/variables.js';

test('docs/configuration.md lists every variable with its default, rule and meaning, and no other', async () => {
  const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(
    allVariables.map(({ name, rule, meaning, ...variable }) => {
      const fixed = variable.default === undefined ? variable.defaultFrom : `\`${variable.default}\``;
      return `| \`${name}\` | ${fixed ?? '**required**'} | ${rule.text} | ${meaning} |`;
    }),
  );
});
