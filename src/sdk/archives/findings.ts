import type { DatabaseFacts } from './inspect-worker.js';
import type { Manifest } from './manifest.js';
import type { Measured } from './measured-file.js';

/** What is said of an archive: by the machine that made it, and by us who asked for it. */
export interface ArchiveClaim {
  readonly r2_key: string;
  /** SHA-256 in hexadecimal; of any format, or absent, from a basic server. */
  readonly r2_checksum: string | null;
  readonly size: number | null;
  /** Null from a basic server. */
  readonly manifest: Manifest | null;
  readonly projectId: string;
  readonly epoch: number;
}

/** What was found in the object that was read back. */
export interface ArchiveFacts {
  readonly measured: Measured;
  readonly database: DatabaseFacts;
}

export interface Finding {
  readonly what: string;
  readonly expected: string | number;
  readonly found: string | number;
}

const sha256Format = /^[0-9a-f]{64}$/i;

/** Everything that keeps this object from being this project's archive; empty if it is proven. */
export function compareArchive(claim: ArchiveClaim, facts: ArchiveFacts): readonly Finding[] {
  const { manifest } = claim;
  return [
    ...compareObject(claim, facts.measured),
    ...(manifest === null ? [] : compareManifest(manifest, claim, facts.measured)),
    ...compareDatabase(claim, facts.database),
  ];
}

function compareObject({ size, r2_checksum, manifest }: ArchiveClaim, { size: found, sha256 }: Measured): Finding[] {
  // With a manifest the checksum must be ours; without one only a checksum that looks like ours can be compared.
  const isComparable = manifest !== null || (r2_checksum !== null && sha256Format.test(r2_checksum));
  return [
    ...(size === null ? [] : differ('size', size, found)),
    ...(isComparable ? differ('checksum', r2_checksum?.toLowerCase() ?? 'none', sha256) : []),
  ];
}

function compareManifest(manifest: Manifest, claim: ArchiveClaim, { size, sha256 }: Measured): Finding[] {
  return [
    ...differ("manifest's size", manifest.size, size),
    ...differ("manifest's checksum", manifest.sha256, sha256),
    ...differ("manifest's project", claim.projectId, manifest.project_id),
    ...differ("manifest's epoch", claim.epoch, manifest.epoch),
  ];
}

function compareDatabase({ manifest, projectId }: ArchiveClaim, database: DatabaseFacts): Finding[] {
  if (!database.readable) return [{ what: 'database', expected: 'readable', found: database.reason }];
  if (database.quickCheck !== 'ok') return differ('quick check', 'ok', database.quickCheck);
  if (manifest === null) {
    const count = Object.keys(database.tables).length;
    return count > 0 ? [] : [{ what: 'tables', expected: 'at least one', found: 0 }];
  }
  const sentinel = database.sentinelProjects.join(' and ') || 'none';
  return [...differ('project in _valet', projectId, sentinel), ...compareTables(manifest.tables, database.tables)];
}

function compareTables(expected: Manifest['tables'], found: Manifest['tables']): Finding[] {
  const names = Object.entries(expected);
  return names.flatMap(([name, rows]) =>
    differ(`rows of table ${name}`, rows, Object.hasOwn(found, name) ? (found[name] ?? 'no table') : 'no table'),
  );
}

function differ(what: string, expected: string | number, found: string | number): Finding[] {
  return expected === found ? [] : [{ what, expected, found }];
}
