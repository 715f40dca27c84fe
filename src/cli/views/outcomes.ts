import type { ReplenishResult } from '../../sdk/resources.js';
import type { Output } from '../environment.js';
import type { Outcome } from '../progress/progress.js';
import { table } from '../text/table.js';

type Failures = ReplenishResult['failed'];

/** What became of each, best first: ids alone, or ids with a reason. Empty where nothing was done. */
export function outcomeTable(outcomes: Readonly<Record<string, readonly string[] | Failures>>, output: Output): string {
  const rows = Object.entries(outcomes).flatMap(([outcome, items]) =>
    items.map((item) =>
      typeof item === 'string'
        ? { id: item, outcome, why: '' }
        : { id: item.id, outcome, why: `${item.code}: ${item.reason}` },
    ),
  );
  if (rows.length === 0) return '';
  const columns = [
    { head: 'ID', cell: (row: Row) => row.id },
    { head: 'OUTCOME', cell: (row: Row) => row.outcome },
    { head: 'WHY', cell: (row: Row) => row.why },
  ];
  return table(rows, columns, output);
}

/** The same of what steps told. */
export function byOutcome(outcomes: readonly Outcome[]): Record<string, string[] | Failures> {
  const named = [...new Set(outcomes.map(({ outcome }) => outcome))].map((name) => {
    const such = outcomes.filter(({ outcome }) => outcome === name);
    const failures = such.map(({ id, code, reason }) => ({ id, code: code ?? '', reason: reason ?? '' }));
    return [name, such.every(({ code }) => code === null) ? such.map(({ id }) => id) : failures];
  });
  return Object.fromEntries(named);
}

interface Row {
  readonly id: string;
  readonly outcome: string;
  readonly why: string;
}
