import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { canRedraw, outputTo } from '../../src/cli/environment.js';

function stream(isTTY: boolean): NodeJS.WriteStream {
  return Object.assign(Object.create(WriteStream.prototype, {}), {
    isTTY,
    columns: 100,
    write: new PassThrough().write,
  });
}

test('a terminal has a width and colours', () => {
  expect(outputTo(stream(true), {})).toMatchObject({ columns: 100, colours: true });
});

test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('with %j a terminal gets no colours', (env) => {
  expect(outputTo(stream(true), env).colours).toBe(false);
});

test('what is piped has no width and no colours', () => {
  expect(outputTo(stream(false), {})).toMatchObject({ columns: undefined, colours: false });
});

test.each([
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['a terminal that can do no more than lines', true, { TERM: 'dumb' }, false],
  ['a log that looks like a terminal', true, { CI: 'true' }, false],
])('a live view is drawn on %s or not', (_what, isTTY, env, expected) => {
  expect(canRedraw({ isTTY }, env)).toBe(expected);
});
