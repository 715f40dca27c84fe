import type { Orphan } from '../../sdk/resources.js';
import { relativeTime } from '../text/duration.js';
import type { Column } from '../text/table.js';

const reasons: Readonly<Record<Orphan['reason'], string>> = {
  no_row: 'no row of ours',
  other_project: 'serves another project',
  larger_epoch: 'is ahead of its row',
  other_secret: 'has another secret',
};

export const orphanColumns: readonly Column<Orphan>[] = [
  { head: 'ID', cell: (orphan) => orphan.id },
  { head: 'KIND', cell: (orphan) => orphan.kind },
  { head: 'STATUS', cell: statusOf },
  { head: 'SINCE', cell: (orphan) => relativeTime(orphan.first_seen_at) },
  { head: 'PROJECT', cell: (orphan) => orphan.project_id ?? '-' },
  { head: 'WHY', cell: ({ reason, detail }) => [reasons[reason], ...(detail === null ? [] : [detail])].join(': ') },
];

/** Whether it stops destructive work until an operator gives a verdict. */
export function stopsWork(orphan: Orphan): boolean {
  return orphan.confirmed_at !== null && orphan.verdict === null;
}

function statusOf(orphan: Orphan): string {
  if (orphan.verdict === 'keep') return 'kept';
  if (orphan.verdict === 'remove') return 'being removed';
  return stopsWork(orphan) ? 'stops work' : 'suspected';
}
