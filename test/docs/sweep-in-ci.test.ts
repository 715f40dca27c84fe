import { readFile } from 'node:fs/promises';
import { Parser } from '@oclif/core';
import { expect, test } from 'vitest';
import type { BaseCommand } from '../../src/cli/base-command.js';
import { exitCodes } from '../../src/cli/failure/exit-codes.js';
import ArchivesVerify from '../../src/commands/archives/verify.js';
import SweepPlan from '../../src/commands/sweep/plan.js';
import SweepRun from '../../src/commands/sweep/run.js';
import { clientVariables } from '../../src/sdk/config/variables.js';

const commands: Readonly<Record<string, typeof BaseCommand>> = {
  'sweep plan': SweepPlan,
  'sweep run': SweepRun,
  'archives verify': ArchivesVerify,
};

const page = await readFile(new URL('../../docs/sweep-in-ci.md', import.meta.url), 'utf8');
const [, workflow = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];

test('every valet command of the page exists, with the flags that it is given', async () => {
  const lines = [...page.matchAll(/\bnpx valet ([^\n|>]+?)\s*(?:$|\||>)/gm)].map(([, line = '']) => line.split(' '));
  expect(lines).toHaveLength(4);
  for (const [topic, name, ...argv] of lines) {
    const command = commands[`${topic} ${name}`];
    if (command === undefined) throw new Error(`There is no command ${topic} ${name}.`);
    const { args, flags, baseFlags } = command;
    await expect(Parser.parse(argv, { args, flags: { ...baseFlags, ...flags } })).resolves.toHaveProperty('flags');
  }
});

test('the workflow is given what a client needs, the secret as a secret', () => {
  for (const { name } of clientVariables)
    expect(workflow).toMatch(new RegExp(`^ {6}${name}: \\$\\{\\{ .+ \\}\\}$`, 'm'));
  expect(workflow).toMatch(/^ {6}CONTROL_PLANE_SECRET: \$\{\{ secrets\.CONTROL_PLANE_SECRET \}\}$/m);
});

test('the workflow is YAML of blocks alone: even indents, no tabs, a value or a block behind each key', () => {
  expect(workflow).toMatch(/^on:\n {2}schedule:\n {4}- cron: '[\d*/, ]+'$/m);
  for (const line of workflow.trimEnd().split('\n')) {
    expect(line).toMatch(/^( {2})*(#.*|(- )?[A-Za-z_-]+:( \S.*)?)$/);
  }
});

test('the exit codes of the page are those of the command line', () => {
  const rows = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  const { ok, partly, temporary, refused, unavailable, unauthorized, config } = exitCodes;
  expect(rows).toEqual([ok, partly, temporary, refused, unavailable, unauthorized, config]);
  expect(page).toContain(`makes it ${exitCodes.nothing} instead`);
});
