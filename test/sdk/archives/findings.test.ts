import { describe, expect, it } from 'vitest';
import { type ArchiveClaim, type ArchiveFacts, compareArchive } from '../../../src/sdk/archives/findings.js';
import type { Manifest } from '../../../src/sdk/archives/manifest.js';

const sha256 = 'a'.repeat(64);
const otherSha256 = 'b'.repeat(64);
const manifest: Manifest = {
  format: 1,
  project_id: 'demo',
  epoch: 8,
  created_at: '2026-01-01T00:00:00.000Z',
  size: 4096,
  sha256,
  tables: { _valet: 1, notes: 3 },
};
const claim: ArchiveClaim = { r2_key: 'k', r2_checksum: sha256, size: 4096, manifest, projectId: 'demo', epoch: 8 };
const database = {
  readable: true,
  quickCheck: 'ok',
  tables: { _valet: 1, notes: 3 },
  sentinelProjects: ['demo'],
} as const;
const facts: ArchiveFacts = { measured: { size: 4096, sha256 }, database };

const withManifest = (change: Partial<Manifest>): ArchiveClaim => ({ ...claim, manifest: { ...manifest, ...change } });
const withDatabase = (change: Partial<typeof database> | object): ArchiveFacts => ({
  ...facts,
  database: { ...database, ...change },
});
const subjects = (c: ArchiveClaim, f: ArchiveFacts) => compareArchive(c, f).map(({ what }) => what);

describe('compareArchive', () => {
  it('finds nothing where everything is as claimed', () => {
    expect(compareArchive(claim, facts)).toEqual([]);
  });

  it.each<[string, ArchiveClaim, ArchiveFacts]>([
    ['size', { ...claim, size: 4097 }, facts],
    ['checksum', { ...claim, r2_checksum: otherSha256 }, facts],
    ['checksum', { ...claim, r2_checksum: null }, facts],
    ["manifest's size", withManifest({ size: 1 }), facts],
    ["manifest's checksum", withManifest({ sha256: otherSha256 }), facts],
    ["manifest's project", withManifest({ project_id: 'other' }), facts],
    ["manifest's epoch", withManifest({ epoch: 7 }), facts],
    ['project in _valet', claim, withDatabase({ sentinelProjects: [] })],
    ['project in _valet', claim, withDatabase({ sentinelProjects: ['other'] })],
    ['project in _valet', claim, withDatabase({ sentinelProjects: ['demo', 'demo'] })],
    ['rows of table notes', claim, withDatabase({ tables: { _valet: 1, notes: 2 } })],
    ['rows of table notes', claim, withDatabase({ tables: { _valet: 1 } })],
    ['rows of table toString', withManifest({ tables: { toString: 0 } }), facts],
    ['quick check', claim, withDatabase({ quickCheck: 'row 1 missing from index' })],
    ['database', claim, { ...facts, database: { readable: false, reason: 'file is not a database' } }],
  ])('G1: finds a difference in %s and in nothing else', (what, changedClaim, changedFacts) => {
    expect(subjects(changedClaim, changedFacts)).toEqual([what]);
  });

  it('G1: a basic archive needs a table, its size, and a checksum that fits if it is a SHA-256', () => {
    const basic: ArchiveClaim = { ...claim, manifest: null, r2_checksum: 'crc32:1234' };
    expect(subjects(basic, withDatabase({ sentinelProjects: [] }))).toEqual([]);
    expect(subjects({ ...basic, size: null, r2_checksum: null }, facts)).toEqual([]);
    expect(subjects({ ...basic, r2_checksum: sha256.toUpperCase() }, facts)).toEqual([]);
    expect(subjects({ ...basic, r2_checksum: otherSha256 }, facts)).toEqual(['checksum']);
    expect(subjects({ ...basic, size: 1 }, facts)).toEqual(['size']);
    expect(subjects(basic, withDatabase({ tables: {} }))).toEqual(['tables']);
  });
});
