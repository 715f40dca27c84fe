import { expect, test } from 'vitest';
import { readImages } from '../../../src/cli/flags/image.js';

test.each([
  ['acme/web=node', 'acme/web', 'node', []],
  [
    'registry.example:5000/web:2=node  server.js --port 3000',
    'registry.example:5000/web:2',
    'node',
    ['server.js', '--port', '3000'],
  ],
  ['web@sha256:0a=run A=1', 'web@sha256:0a', 'run', ['A=1']],
  [`web='/My Files/node' "it's here"`, 'web', '/My Files/node', ["it's here"]],
  [`web=node --title="two words" ''`, 'web', 'node', ['--title=two words', '']],
  ['web=echo $HOME ~ * ; ls', 'web', 'echo', ['$HOME', '~', '*', ';', 'ls']],
])('%s is a name and the words of a command', (text, name, command, args) => {
  expect(readImages([text])).toEqual({ [name]: { command, args } });
});

test('every image has a program of its own', () => {
  expect(Object.keys(readImages(['a=one', 'b=two']))).toEqual(['a', 'b']);
});

test.each(['', 'web', 'web=', '=node', 'web= ', 'two words=node', `web=node 'open`, 'web=node "open', `web=''`])(
  '%j is no NAME=COMMAND',
  (text) => {
    expect(() => readImages([text])).toThrow(
      expect.objectContaining({
        code: 'request_invalid',
        message: `--image ${JSON.stringify(text)} is not NAME=COMMAND.`,
      }),
    );
  },
);

test('an image that is named twice is refused, since one of the commands would never run', () => {
  expect(() => readImages(['web=one', 'web=two'])).toThrow('--image "web=two" names an image a second time.');
});
