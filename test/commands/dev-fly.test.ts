import { expect, test } from 'vitest';
import { explainLocalFailure } from '../../src/cli/dev/local-failure.js';
import DevFly from '../../src/commands/dev/fly.js';
import { runCommand } from '../support/commands.js';

test.each([
  [['--port', '65536'], 'less than or equal to 65535'],
  [['--port', 'http'], '--port is wrong: expected an integer'],
  [['--port', '4280', '--proxy-port', '4280'], '--port and --proxy-port are both 4280.'],
  [['--token', ''], '--token cannot be sent as bearer.'],
  [['--token', 'two words'], '--token cannot be sent as bearer.'],
  [['--app', 'Web'], '--app "Web" is no name.'],
  [['--app', 'a'.repeat(64)], 'is no name.'],
  [['--org', 'a/b'], '--org "a/b" is no name.'],
  [['--control-plane-app', '-a'], '--control-plane-app "-a" is no name.'],
  [['--control-plane', 'https://127.0.0.1:1'], '--control-plane "https://127.0.0.1:1" is not http://HOST:PORT.'],
  [['--control-plane', 'http://127.0.0.1:1/path'], 'is not http://HOST:PORT.'],
  [['--control-plane', '127.0.0.1:1'], 'is not http://HOST:PORT.'],
  [['--image', 'web'], '--image "web" is not NAME=COMMAND.'],
  [['--pace', 'slow'], 'It is one of: instant, fly.'],
  [['--demo'], 'There is no flag --demo here.'],
  [['extra'], 'Unexpected argument: extra'],
])('dev fly refuses %j with 2 before it starts anything', async (argv, message) => {
  const ran = await runCommand(DevFly, argv);
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ran.stderr).toContain(message);
  expect(ran.stderr).toMatch(/\nCode: request_invalid\n$/);
});

test('a token that is refused is not repeated', async () => {
  expect((await runCommand(DevFly, ['--token', 'my secret'])).stderr).not.toContain('my secret');
});

test('a port that nobody chose is not said to be the one to change', () => {
  const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 4000 });
  const explained = explainLocalFailure(error, { port: 5000, 'proxy-port': undefined }, new AbortController().signal);
  expect(explained).toMatchObject({ code: 'local_platform_failed' });
});
