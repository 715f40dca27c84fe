import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchiveClaim } from '../../../src/sdk/archives/findings.js';
import { proveArchive } from '../../../src/sdk/archives/prove.js';
import { type TestObjectStore, useObjectStore } from '../../support/object-store.js';
import { databaseOf, manifestOf, projectDatabase, sha256Of } from '../../support/project-database.js';

let objects: TestObjectStore;
let dir: string;
let number = 0;

beforeAll(async () => {
  objects = await useObjectStore();
  dir = await mkdtemp(join(tmpdir(), 'valet-test-prove-'));
});

afterAll(async () => {
  await objects[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** Uploads the bytes and claims what a truthful machine would, unless told otherwise. */
async function uploaded(bytes: Buffer, change: Partial<ArchiveClaim> = {}): Promise<ArchiveClaim> {
  number += 1;
  const r2_key = `projects/demo/${number}.sqlite`;
  await objects.put(r2_key, bytes);
  const manifest = manifestOf(bytes);
  return {
    r2_key,
    r2_checksum: manifest.sha256,
    size: manifest.size,
    manifest,
    projectId: 'demo',
    epoch: 8,
    ...change,
  };
}

const prove = (claim: ArchiveClaim) => proveArchive(objects.store, claim, { dir });
const unproven = (message: RegExp) =>
  expect.objectContaining({ code: 'archive_unproven', message: expect.stringMatching(message) });

describe('proveArchive', () => {
  it("G1: proves what is there, whole and the right project's, and leaves no file behind", async () => {
    const bytes = await projectDatabase();
    const proven = await prove(await uploaded(bytes));
    expect(proven).toEqual({
      size: bytes.byteLength,
      sha256: sha256Of(bytes),
      tables: { _valet: 1, notes: 200, 'odd "name': 0 },
    });
    expect(await readdir(dir)).toEqual([]);
  });

  it('G1: proves a database in WAL mode', async () => {
    const bytes = await databaseOf(
      'PRAGMA journal_mode = WAL',
      'CREATE TABLE _valet (project_id TEXT)',
      "INSERT INTO _valet VALUES ('demo')",
    );
    const manifest = manifestOf(bytes, { tables: { _valet: 1 } });
    expect((await prove(await uploaded(bytes, { manifest }))).tables).toEqual({ _valet: 1 });
  });

  it('G1: refuses a truncated upload, and leaves no file behind', async () => {
    const whole = await projectDatabase();
    const { size, sha256 } = manifestOf(whole);
    const claim = await uploaded(whole.subarray(0, whole.byteLength / 2), {
      size,
      r2_checksum: sha256,
      manifest: manifestOf(whole),
    });
    await expect(prove(claim)).rejects.toEqual(unproven(new RegExp(`size should be ${size} and is ${size / 2}`)));
    expect(await readdir(dir)).toEqual([]);
  });

  it('G1: refuses a truncated database even if every checksum fits it', async () => {
    const whole = await projectDatabase();
    const claim = await uploaded(whole.subarray(0, whole.byteLength / 2));
    await expect(prove(claim)).rejects.toEqual(unproven(/database should be readable|quick check should be ok/));
    expect(await readdir(dir)).toEqual([]);
  });

  it('G1: refuses one flipped byte', async () => {
    const whole = await projectDatabase();
    const flipped = Buffer.from(whole);
    flipped[flipped.byteLength - 50] = (flipped.at(-50) ?? 0) ^ 1;
    const claim = await uploaded(flipped, { r2_checksum: sha256Of(whole), manifest: manifestOf(whole) });
    await expect(prove(claim)).rejects.toEqual(unproven(/: checksum should be .* manifest's checksum should be /));
  });

  it("G1: refuses another project's database, whatever the manifest says", async () => {
    const claim = await uploaded(await projectDatabase('other'));
    await expect(prove(claim)).rejects.toEqual(unproven(/: project in _valet should be demo and is other\.$/));
  });

  it('G1: refuses an empty file and an empty database, on which the integrity check passes', async () => {
    const empty = await uploaded(Buffer.alloc(0));
    await expect(prove(empty)).rejects.toEqual(unproven(/project in _valet should be demo and is none/));
    const tableless = await uploaded(await databaseOf('PRAGMA user_version = 1'));
    await expect(prove(tableless)).rejects.toEqual(unproven(/rows of table notes should be 200 and is no table/));
  });

  it('G1: refuses a database in which one row is missing', async () => {
    const bytes = await projectDatabase('demo', 199);
    const claim = await uploaded(bytes);
    await expect(prove(claim)).rejects.toEqual(unproven(/: rows of table notes should be 200 and is 199\.$/));
  });

  it('G1: refuses an archive of an earlier epoch', async () => {
    const claim = await uploaded(await projectDatabase(), { epoch: 9 });
    await expect(prove(claim)).rejects.toEqual(unproven(/: manifest's epoch should be 9 and is 8\.$/));
  });

  it('G1: refuses what is not there', async () => {
    const claim = { ...(await uploaded(await projectDatabase())), r2_key: 'projects/demo/nowhere.sqlite' };
    await expect(prove(claim)).rejects.toEqual(unproven(/object should be there/));
  });

  it('G1: proves a basic archive by one table, and refuses one with none', async () => {
    const basic = { manifest: null, r2_checksum: 'etag-1' };
    const bytes = await databaseOf('CREATE TABLE anything (a)', 'INSERT INTO anything VALUES (1)');
    const proven = await prove(await uploaded(bytes, basic));
    expect(proven).toEqual({ size: bytes.byteLength, sha256: sha256Of(bytes), tables: { anything: 1 } });
    await expect(prove(await uploaded(Buffer.alloc(0), basic))).rejects.toEqual(
      unproven(/tables should be at least one/),
    );
    await expect(prove(await uploaded(Buffer.from('no database'), basic))).rejects.toEqual(
      unproven(/database should be readable/),
    );
  });

  it('does not call an archive unproven because the store is away', async () => {
    const elsewhere = objects.connect({ bucket: 'no-such-bucket' });
    const claim = await uploaded(await projectDatabase());
    const failing = { head: objects.store.head.bind(objects.store), download: elsewhere.download.bind(elsewhere) };
    await expect(proveArchive(failing, claim, { dir })).rejects.toMatchObject({ code: 'store_failed' });
    expect(await readdir(dir)).toEqual([]);
  });

  it("ends with the signal's reason", async () => {
    const claim = await uploaded(await projectDatabase());
    const reason = new Error('shutting down');
    await expect(proveArchive(objects.store, claim, { dir, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await readdir(dir)).toEqual([]);
  });
});
