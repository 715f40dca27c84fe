import type { Archive, ArchivePage, ArchiveProof, VerifyResult } from '../../sdk/resources.js';
import type { Output } from '../environment.js';
import { formatBytes } from '../text/bytes.js';
import { relativeTime } from '../text/duration.js';
import { type Column, table } from '../text/table.js';

export function archiveTable({ archives, current }: ArchivePage, output: Output): string {
  const columns: readonly Column<Archive>[] = [
    { head: 'ID', cell: (archive) => archive.id },
    { head: 'MADE', cell: (archive) => relativeTime(archive.created_at) },
    { head: 'SIZE', cell: ({ size_bytes }) => sizeOf(size_bytes) },
    { head: 'CURRENT', cell: ({ id }) => (id === current ? 'yes' : '-') },
    { head: 'SHA-256', cell: ({ r2_checksum }) => r2_checksum ?? '-' },
  ];
  return table(archives, columns, output);
}

/** What was found of each archive; of which project it is where they are of many. */
export function verifiedTable(
  { proofs, failed }: Pick<VerifyResult, 'proofs' | 'failed'>,
  { ofMany }: { readonly ofMany: boolean },
  output: Output,
): string {
  const rows: readonly Row[] = [
    ...proofs.map((proof) => ({
      id: proof.archive_id,
      project: proof.project_id,
      result: proof.proven ? 'proven' : 'NOT PROVEN',
      size: sizeOf(proof.size_bytes),
      found: proof.finding ?? rowsOf(proof.tables),
    })),
    ...failed.map(({ id, project_id, code, reason }) => ({
      id,
      project: project_id,
      result: 'unknown',
      size: '-',
      found: `${code}: ${reason}`,
    })),
  ];
  const columns: readonly Column<Row>[] = [
    { head: 'ID', cell: (row) => row.id },
    ...(ofMany ? [{ head: 'PROJECT', cell: (row: Row) => row.project }] : []),
    { head: 'RESULT', cell: (row) => row.result },
    { head: 'SIZE', cell: (row) => row.size },
    { head: 'FOUND', cell: (row) => row.found },
  ];
  return table(rows, columns, output);
}

interface Row {
  readonly id: string;
  readonly project: string;
  readonly result: string;
  readonly size: string;
  readonly found: string;
}

/** "2 tables, 4 rows" */
function rowsOf(tables: ArchiveProof['tables']): string {
  const counts = Object.values(tables);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return `${counts.length} ${counts.length === 1 ? 'table' : 'tables'}, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
}

function sizeOf(bytes: number | null): string {
  return bytes === null ? '-' : formatBytes(bytes);
}
