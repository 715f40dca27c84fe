import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { outputTo } from '../../src/cli/environment.js';

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
