import { expect, test } from 'vitest';
import type { Verdict } from '../../src/sdk/doctor/finding.js';

export type VerdictRow = readonly [
  title: string,
  verdict: Verdict,
  name: Verdict['verdict'],
  found: RegExp,
  mend?: RegExp,
];

/** Each row is a test: what is to be found, and how to mend it. */
export function verdictsHold(rows: readonly VerdictRow[]): void {
  for (const [title, verdict, name, found, mend] of rows) {
    test(title, () => {
      expect(verdict.verdict).toBe(name);
      expect(verdict.found).toMatch(found);
      if (mend !== undefined) expect('mend' in verdict ? verdict.mend : '').toMatch(mend);
    });
  }
}
