import { ValetError } from './errors.js';

/**
 * `next_cursor` of the page before, where rows are told apart by a number; null for the first page.
 *
 * @throws ValetError `request_invalid`
 */
export function numericCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw noCursor(cursor);
}

/**
 * The same, where rows are told apart by an id of lower-case letters, digits and hyphens.
 *
 * @throws ValetError `request_invalid`
 */
export function idCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined || /^[a-z0-9][a-z0-9-]{0,63}$/.test(cursor)) return cursor;
  throw noCursor(cursor);
}

function noCursor(cursor: string): ValetError {
  return new ValetError('request_invalid', `"${cursor.slice(0, 40)}" is not a cursor.`, {
    hint: 'Take next_cursor of the page before, or leave it out.',
  });
}
