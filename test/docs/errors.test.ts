import { expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/failure/exit-codes.js';
import { errorCodes } from '../../src/sdk/errors.js';
import { statusOf } from '../../src/server/problem.js';
import { page, tableRows } from '../support/documents.js';

const rows = tableRows(page('docs/errors.md'));

it('docs/errors.md lists every error code with its HTTP status and exit code, and no other', () => {
  const documented = rows.map(([code = '', status, exit]) => [code.replaceAll('`', ''), Number(status), Number(exit)]);
  expect(documented).toEqual(errorCodes.toSorted().map((code) => [code, statusOf(code), exitCodeOf(code)]));
});

it('docs/errors.md says of every code what it means and what to do', () => {
  expect(rows.filter((cells) => cells.length !== 5 || cells.some((cell) => cell === ''))).toEqual([]);
});
