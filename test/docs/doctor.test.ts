import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openDoctor } from '../../src/sdk/doctor.js';

test('docs/doctor.md has a row for every check, with its group, in the order in which they are told', async () => {
  const page = await readFile(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| [^|]+ \| [^|]+ \|$/gm)];
  await using doctor = openDoctor({}, { version: '1.0.0' });
  expect(documented.map(([, name, group]) => ({ name, group }))).toEqual(
    doctor.checks.map(({ name, group }) => ({ name, group })),
  );
});
