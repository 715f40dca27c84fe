import { expect, test } from 'vitest';
import Serve from '../../src/commands/serve.js';
import { runCommand } from '../support/commands.js';
import { leastEnv } from '../support/config.js';

test('serve that is not configured ends with 78 and names everything that is missing', async () => {
  const ran = await runCommand(Serve, [], { env: {} });
  expect(ran).toMatchObject({ exitCode: 78, stdout: '' });
  for (const variable of Object.keys(leastEnv)) expect(ran.stderr).toContain(`${variable} is not set`);
});

test('a flag of serve is held to the rule of its variable', async () => {
  const ran = await runCommand(Serve, ['--private-port', '7000'], { env: leastEnv });
  expect(ran).toMatchObject({ exitCode: 78, stdout: '' });
  expect(ran.stderr).toContain('CONTROL_PLANE_PRIVATE_PORT is 7000, as is CONTROL_PLANE_PORT');
});

test('a wake policy that cannot be read ends serve before it touches anything, with the file and the fault', async () => {
  const ran = await runCommand(Serve, [], { env: { ...leastEnv, ROUTER_OBSERVERS: '/nowhere/policy.json' } });
  expect(ran).toMatchObject({ exitCode: 78, stdout: '' });
  expect(ran.stderr).toContain('ROUTER_OBSERVERS names the file "/nowhere/policy.json"');
});
