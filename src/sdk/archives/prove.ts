import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValetError } from '../errors.js';
import { type ArchiveClaim, compareArchive, type Finding } from './findings.js';
import { inspectDatabase } from './inspect.js';
import type { ArchiveStore } from './store.js';

/** How an archive is proven. */
export interface ProveOptions {
  /** Where the object is read back to; it needs room for all of it. The system's folder for temporary files by default. */
  readonly dir?: string;
  readonly signal?: AbortSignal | undefined;
  /** For reading the database. */
  readonly inspectTimeoutMs?: number;
}

/** What was read back and proven. */
export interface ProvenArchive {
  readonly size: number;
  /** Ours, of what was read back. */
  readonly sha256: string;
  /** Rows of each table. */
  readonly tables: Readonly<Record<string, number>>;
}

const defaultInspectTimeoutMs = 300_000;
/** An error names the first few; more would only repeat that it is another database. */
const maxFindingsTold = 5;

/**
 * Reads the object back and proves that it is this project's database, whole and readable (guarantee G1): size, our own
 * SHA-256, `quick_check`, the rows of every table and the project's id inside. An integrity check alone passes on an
 * empty file.
 * @throws ValetError `archive_unproven` naming what differs; `store_failed` when the store cannot be read
 */
export async function proveArchive(
  store: Pick<ArchiveStore, 'head' | 'download'>,
  claim: ArchiveClaim,
  options: ProveOptions = {},
): Promise<ProvenArchive> {
  const { signal } = options;
  const stored = await store.head(claim.r2_key, { signal });
  if (stored === null) throw unproven(claim, [{ what: 'object', expected: 'there', found: 'nothing at its key' }]);
  if (claim.size !== null && stored.size !== claim.size) {
    throw unproven(claim, [{ what: 'size', expected: claim.size, found: stored.size }]);
  }
  const folder = await mkdtemp(join(options.dir ?? tmpdir(), 'valet-archive-'));
  try {
    const file = join(folder, 'archive.sqlite');
    const measured = await store.download(claim.r2_key, file, { maxBytes: stored.size, signal });
    const timeoutMs = options.inspectTimeoutMs ?? defaultInspectTimeoutMs;
    const database = await inspectDatabase(file, { timeoutMs, signal });
    const findings = compareArchive(claim, { measured, database });
    if (findings.length > 0 || !database.readable) throw unproven(claim, findings);
    return { ...measured, tables: database.tables };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unproven(claim: ArchiveClaim, findings: readonly Finding[]): ValetError {
  const told = findings.slice(0, maxFindingsTold).map(sayFinding).join('; ');
  const more = findings.length > maxFindingsTold ? `; and ${findings.length - maxFindingsTold} more` : '';
  return new ValetError(
    'archive_unproven',
    `${claim.r2_key} is not proven to hold project ${claim.projectId}: ${told}${more}.`,
    {
      hint: 'Keep the machine and its volume; nothing was given up. Archive again.',
      details: { r2_key: claim.r2_key, project_id: claim.projectId, findings: findings.slice(0, maxFindingsTold) },
    },
  );
}

function sayFinding({ what, expected, found }: Finding): string {
  return `${what} should be ${expected} and is ${found}`;
}
