import { expect, test } from 'vitest';
import Dev from '../../src/commands/dev/index.js';
import { runCommand } from '../support/commands.js';

test.each([['WARM_POOL_SIZE'], ['warm=2'], ['=2']])('dev refuses --set %s before it starts anything', async (text) => {
  const ran = await runCommand(Dev, ['--set', text]);
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ran.stderr).toContain(`--set ${JSON.stringify(text)} is not NAME=VALUE.`);
});

test('dev refuses a port for the demo, which takes free ones', async () => {
  expect(await runCommand(Dev, ['--demo', '--port', '8080'])).toMatchObject({ exitCode: 2, stdout: '' });
});
