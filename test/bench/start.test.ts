import { execa } from 'execa';
import { expect, it } from 'vitest';

interface Report {
  readonly rows: readonly {
    readonly name: string;
    readonly mark?: number;
    readonly subjectSamples: readonly { readonly perSec: number }[];
  }[];
}

it('the benchmark of the start compares with a hello-world of as many commands, and ends by itself', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await execa(process.execPath, ['bench/main.ts', '--only', 'start', '--quick', '--json']);
  const { rows }: Report = JSON.parse(stdout);
  expect(rows.map(({ name, mark }) => [name, mark?.toFixed(2)])).toEqual([
    ['start: --version', '0.77'],
    ['start: --help', '0.77'],
    ['start: projects --help', '0.77'],
    ['start: projects list over HTTP', undefined],
  ]);
  for (const { subjectSamples } of rows) expect(subjectSamples[0]?.perSec).toBeGreaterThan(0);
  expect(stderr).toMatch(/making a hello-world with \d\d commands/);
});
