import { expect, test } from 'vitest';
import ConfigCommand from '../../src/commands/config.js';
import { runCommand } from '../support/commands.js';
import { leastEnv } from '../support/config.js';

test('config shows every variable with its source, and ends with 0 when all is well', async () => {
  const ran = await runCommand(ConfigCommand, [], { env: { ...leastEnv, WARM_POOL_SIZE: '5' } });
  expect(ran).toMatchObject({ stderr: '', exitCode: 0 });
  expect(ran.stdout).toMatch(/^WARM_POOL_SIZE +environment +5$/m);
  expect(ran.stdout).toMatch(/^CONTROL_PLANE_PORT +default +7000$/m);
});

test('config shows what it can and tells all that is wrong, and ends with 78', async () => {
  const ran = await runCommand(ConfigCommand, [], { env: { WARM_POOL_SIZE: 'two' } });
  expect(ran.exitCode).toBe(78);
  expect(ran.stdout).toMatch(/^VALET_FLY_APP +missing +-$/m);
  expect(ran.stderr.trim().split('\n')).toHaveLength(9);
  expect(ran.stderr).toContain('WARM_POOL_SIZE is "two"; it must be a whole number');
});

test.each([[[]], [['--json']]])('G12: config %j prints no secret', async (argv) => {
  const ran = await runCommand(ConfigCommand, argv, { env: leastEnv });
  for (const part of ['hunter2', 'operator-secret', 'fm2_token', 'r2-secret-key'])
    expect(ran.stdout).not.toContain(part);
});

test('config --json has the faults beside the rows', async () => {
  const ran = await runCommand(ConfigCommand, ['--json'], { env: {} });
  const { rows, faults } = JSON.parse(ran.stdout);
  expect(faults).toHaveLength(8);
  expect(rows).toContainEqual(
    expect.objectContaining({ variable: 'R2_BUCKET', value: 'valet-dormant', source: 'default' }),
  );
});
