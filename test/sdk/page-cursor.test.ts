import { expect, it } from 'vitest';
import { idCursor, numericCursor } from '../../src/sdk/page-cursor.js';

it('a cursor is what a page gave, or left out', () => {
  expect([numericCursor('41'), numericCursor(undefined)]).toEqual([41, null]);
  expect([idCursor('calm-fern-1000'), idCursor('00ff00ff00ff00'), idCursor(undefined)]).toEqual([
    'calm-fern-1000',
    '00ff00ff00ff00',
    undefined,
  ]);
});

it.each(['', '-1', '1.5', '1e3', '9'.repeat(16), 'demo'])('numericCursor refuses %j and says so', (cursor) => {
  expect(() => numericCursor(cursor)).toThrow(
    expect.objectContaining({ code: 'request_invalid', hint: expect.stringContaining('next_cursor') }),
  );
});

it.each(['', '-a', 'De_mo', "'; --", 'a\u0000', 'a'.repeat(65)])('idCursor refuses %j and says so', (cursor) => {
  expect(() => idCursor(cursor)).toThrow(
    expect.objectContaining({ code: 'request_invalid', hint: expect.stringContaining('next_cursor') }),
  );
});
