import { execa } from 'execa';
import { expect, it } from 'vitest';

interface Report {
  readonly rows: readonly {
    readonly name: string;
    readonly subjectSamples: readonly { readonly perSec: number }[];
  }[];
}

it('the benchmark of the router measures every row that it has a mark for, and ends by itself', {
  timeout: 60_000,
}, async () => {
  const { stdout } = await execa(process.execPath, ['bench/main.ts', '--only', 'router', '--quick', '--json']);
  const { rows }: Report = JSON.parse(stdout);
  expect(rows.map(({ name }) => name)).toEqual([
    'warm cache',
    'unknown names',
    'changing state',
    'ceiling of the generator',
    'constant answer',
    'one query per turn',
    'every request a miss',
    'a million projects',
  ]);
  for (const { subjectSamples } of rows) expect(subjectSamples[0]?.perSec).toBeGreaterThan(0);
});
