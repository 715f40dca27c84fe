import { expect, it } from 'vitest';
import { exitCodeOf, exitNames } from '../../src/cli/exit-codes.js';
import type { ErrorCode } from '../../src/sdk/errors.js';
import { isErrorCode } from '../../src/sdk/http/problem.js';
import { statusOf } from '../../src/server/problem.js';
import { page, tableRows } from '../support/documents.js';

/** The compiler holds this table to the list of codes, so its keys are all of them. */
const codes = Object.keys(exitNames).filter(isErrorCode).toSorted();
const rows = tableRows(page('docs/errors.md'));

it('docs/errors.md lists every error code with its HTTP status and exit code, and no other', () => {
  const documented = rows.map(([code = '', status, exit]) => [code.replaceAll('`', ''), Number(status), Number(exit)]);
  expect(documented).toEqual(codes.map((code: ErrorCode) => [code, statusOf(code), exitCodeOf(code)]));
});

it('docs/errors.md says of every code what it means and what to do', () => {
  expect(rows.filter((cells) => cells.length !== 5 || cells.some((cell) => cell === ''))).toEqual([]);
});
