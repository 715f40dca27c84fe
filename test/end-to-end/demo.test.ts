import { expect, test } from 'vitest';
import { z } from 'zod';
import { valet } from '../support/cli.js';
import { OwnTmp } from '../support/leftovers.js';

const reportSchema = z.object({
  ok: z.boolean(),
  ms: z.number(),
  steps: z.array(z.object({ name: z.string().min(1), ok: z.boolean(), ms: z.number(), error: z.string().nullable() })),
  complaints: z.array(z.string()),
});

/** Some seconds; several times that on a computer that is busy otherwise. */
const timeout = 120_000;

async function demo(tmp: OwnTmp, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await valet(['dev', '--demo', '--json', ...args], { TMPDIR: tmp.dir });
  // The whole of stdout, so anything else that was printed is a fault.
  return { exitCode, stderr, report: reportSchema.parse(JSON.parse(stdout)) };
}

test('the demo proves its eight steps, says so as one JSON document, and leaves nothing', { timeout }, async () => {
  await using tmp = await OwnTmp.make();
  const { exitCode, report, stderr } = await demo(tmp);
  expect(report, JSON.stringify(report)).toMatchObject({ ok: true, complaints: [] });
  expect(report.steps.map(({ ok }) => ok)).toEqual(Array.from({ length: 8 }, () => true));
  expect(exitCode).toBe(0);
  expect(stderr).toContain('✓ 8/8');
  expect(await tmp.processes()).toEqual([]);
  expect(await tmp.files()).toEqual([]);
});

test('a step that does not hold ends the demo with 1, says which and why, and leaves nothing', {
  timeout,
}, async () => {
  await using tmp = await OwnTmp.make();
  // Without a pool the project's machine cannot come from it.
  const { exitCode, report, stderr } = await demo(tmp, '--set', 'WARM_POOL_SIZE=0');
  expect(exitCode).toBe(1);
  expect(report.ok).toBe(false);
  expect(report.steps.map(({ ok }) => ok)).toEqual([true, false]);
  expect(report.steps[1]).toMatchObject({
    name: 'A project is created on a warm machine',
    error: expect.stringContaining('did not come from the warm pool'),
  });
  expect(stderr).toContain('✗ 2/8 A project is created on a warm machine');
  expect(await tmp.processes()).toEqual([]);
  expect(await tmp.files()).toEqual([]);
});

test('a setting that an instance refuses is named, and nothing is left', { timeout }, async () => {
  await using tmp = await OwnTmp.make();
  const { exitCode, stdout } = await valet(['dev', '--demo', '--json', '--set', 'WARM_POOL_SIZE=many'], {
    TMPDIR: tmp.dir,
  });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'local_platform_failed', message: expect.stringContaining('WARM_POOL_SIZE is "many"') },
  });
  expect(await tmp.processes()).toEqual([]);
  expect(await tmp.files()).toEqual([]);
});
