import type { Archive, ArchivePage, ArchiveProof } from '../sdk/resources.js';
import { formatBytes } from './bytes.js';
import { relativeTime } from './duration.js';
import type { Output } from './environment.js';
import { type Column, table } from './table.js';

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

export interface Verified {
  readonly proofs: readonly ArchiveProof[];
  readonly failed: readonly { readonly id: string; readonly code: string; readonly reason: string }[];
}

export function verifiedTable({ proofs, failed }: Verified, output: Output): string {
  const rows = [
    ...proofs.map((proof) => ({
      id: proof.archive_id,
      result: proof.proven ? 'proven' : 'NOT PROVEN',
      size: sizeOf(proof.size_bytes),
      found: proof.finding ?? rowsOf(proof.tables),
    })),
    ...failed.map(({ id, code, reason }) => ({ id, result: 'unknown', size: '-', found: `${code}: ${reason}` })),
  ];
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { head: 'ID', cell: (row) => row.id },
    { head: 'RESULT', cell: (row) => row.result },
    { head: 'SIZE', cell: (row) => row.size },
    { head: 'FOUND', cell: (row) => row.found },
  ];
  return table(rows, columns, output);
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
