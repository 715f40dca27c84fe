import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { page, root } from '../support/documents.js';

/**
 * The doctor compares this clock with the database's: that is its question. An HTTP date in `Retry-After` has nothing else to
 * be compared with, and decides only how long a call waits.
 */
const allowed = ['src/sdk/database/health.ts', 'src/sdk/fly/answer.ts'];
/** It asks how far the two clocks of the database are apart. */
const comparing = 'src/sdk/database/health.ts';
const readsTheClock = /\bDate\.now\(|\bnew Date\(\)|\bprocess\.hrtime/;
const asksPostgresForItsOwn = /\b(now|clock_timestamp|statement_timestamp)\(\)|\bcurrent_timestamp\b/i;

test('nothing in the SDK and the server decides by the wall clock of its computer', () => {
  const files = globSync(['src/sdk/**/*.ts', 'src/server/**/*.ts'], { cwd: root });
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((path) => readsTheClock.test(page(path).text)).toSorted()).toEqual(allowed);
});

test('every statement asks for the time by the one function that tests can move', () => {
  const files = globSync(['src/sdk/database/*.ts', 'src/sdk/database/migrations/*.sql'], { cwd: root });
  const asking = files.filter((path) => {
    const withoutTheFunction = page(path).text.replace(/^create function valet_now\b.*$/m, '');
    return asksPostgresForItsOwn.test(withoutTheFunction.replaceAll('valet_now()', ''));
  });
  expect(asking).toEqual([comparing]);
});
