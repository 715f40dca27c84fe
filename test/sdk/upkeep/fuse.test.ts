import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { InstallationTable } from '../../../src/sdk/database/installation.js';
import { QuarantineTable } from '../../../src/sdk/database/quarantine.js';
import { SightingTable } from '../../../src/sdk/database/sightings.js';
import { DestructionFuse } from '../../../src/sdk/upkeep/fuse.js';
import { HighWaterMark } from '../../../src/sdk/upkeep/high-water-mark.js';
import { markPrefix } from '../../../src/sdk/upkeep/mark-keys.js';
import type { TestDatabase } from '../../support/database.js';
import { copyOf } from '../../support/database.js';
import { type TestObjectStore, useObjectStore } from '../../support/object-store.js';
import { environment, type TestRows, testRows } from '../../support/rows.js';

let objects: TestObjectStore;
let rows: TestRows;

beforeAll(async () => {
  objects = await useObjectStore();
});
afterAll(() => objects[Symbol.asyncDispose]());

beforeEach(async () => {
  rows = await testRows();
  return () => rows[Symbol.asyncDispose]();
});

function fuseOf({ db }: TestDatabase, store = objects.store, flyApp = 'app') {
  const installation = new InstallationTable(db);
  const highWater = new HighWaterMark({ store, installation });
  return new DestructionFuse({
    installation,
    quarantine: new QuarantineTable(db),
    highWater,
    binding: { environment, flyApp },
  });
}

async function takeEpochs({ db }: TestDatabase, count: number): Promise<void> {
  await db.query(`select nextval('epochs') from generate_series(1, $1)`, [count]);
}

async function marks({ db }: TestDatabase): Promise<number[]> {
  const { databaseId } = await new InstallationTable(db).read();
  const keys = await objects.store.list(markPrefix(environment, databaseId), { maxKeys: 100 });
  return keys.map((key) => Number(key.split('/').at(-1)));
}

test('G13: a new installation writes its first mark, and moves it with its epochs', async () => {
  const fuse = fuseOf(rows.database);
  await fuse.assertIntact();
  expect(await marks(rows.database)).toEqual([0]);
  await takeEpochs(rows.database, 40);
  await fuse.assertIntact();
  await fuse.assertIntact();
  expect(await marks(rows.database)).toEqual([40]);
});

test('G13: a database restored from an older backup blows the fuse, and says what to do', async () => {
  await takeEpochs(rows.database, 10);
  await fuseOf(rows.database).assertIntact();
  await using backup = await copyOf(rows.database);
  await takeEpochs(rows.database, 5);
  await fuseOf(rows.database).assertIntact();
  await expect(fuseOf(backup).assertIntact()).rejects.toMatchObject({
    code: 'fuse_blown',
    message: expect.stringContaining('epoch 15'),
    hint: expect.stringContaining('valet db accept-restore'),
  });
  expect(await marks(rows.database)).toEqual([15]);
});

test('G13: a restored database that has given out more epochs since than the lost one does not pass for it', async () => {
  await takeEpochs(rows.database, 10);
  await using backup = await copyOf(rows.database);
  await fuseOf(rows.database).assertIntact();
  await takeEpochs(backup, 1_000);
  await expect(fuseOf(backup).assertIntact()).rejects.toMatchObject({ code: 'fuse_blown' });
});

test('G13: of a database and its copy at work, one is stopped as soon as the other has marked', async () => {
  await fuseOf(rows.database).assertIntact();
  await using copy = await copyOf(rows.database);
  await takeEpochs(copy, 3);
  await fuseOf(copy).assertIntact();
  await takeEpochs(rows.database, 100);
  await expect(fuseOf(rows.database).assertIntact()).rejects.toMatchObject({ code: 'fuse_blown' });
  expect(await marks(rows.database)).toEqual([3]);
});

test('G13: instances that mark at once never lower the mark and never blow the fuse', async () => {
  const fuses = Array.from({ length: 4 }, () => fuseOf(rows.database));
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      fuses.map(async (fuse) => {
        await takeEpochs(rows.database, 7);
        await fuse.assertIntact();
      }),
    );
  }
  await fuses[0]?.assertIntact();
  expect(await marks(rows.database)).toEqual([140]);
});

test('G13: a mark that was written down but not put, by an instance that died, is put by the next', async () => {
  await takeEpochs(rows.database, 8);
  await new InstallationTable(rows.database.db).raiseMark();
  expect(await marks(rows.database)).toEqual([]);
  await fuseOf(rows.database).assertIntact();
  expect(await marks(rows.database)).toEqual([8]);
});

test('G13: while R2 is away nothing may be destroyed', async () => {
  const store = objects.connect({ secretAccessKey: 'wrong' });
  await expect(fuseOf(rows.database, store).assertIntact()).rejects.toMatchObject({ code: 'store_failed' });
});

test('G13: a database that was bound anew under a running instance stops it', async () => {
  await rows.database.db.query(`update installation set fly_app = 'other-app'`);
  await expect(fuseOf(rows.database).assertIntact()).rejects.toMatchObject({
    code: 'fuse_blown',
    message: expect.stringContaining('other-app'),
  });
});

test('G13: what is confirmed in quarantine blows the fuse until it has a verdict; a suspicion does not', async () => {
  const quarantine = new QuarantineTable(rows.database.db);
  const stray = { machine_id: null, project_id: null, region: 'sjc', detail: 'no row knows it' };
  const suspicion = { ...stray, fly_id: 'f1', kind: 'machine', name: 'valet-x-1', fly_state: 'started' } as const;
  const sightings = new SightingTable(rows.database.db);
  await sightings.sight([suspicion], { graceSecs: 600, staleSecs: 3600 });
  await fuseOf(rows.database).assertIntact();
  await sightings.confirm(['f1'], 'orphans@test');
  await expect(fuseOf(rows.database).assertIntact()).rejects.toMatchObject({
    code: 'fuse_blown',
    message: expect.stringContaining('machine valet-x-1 (f1) is in quarantine: no row knows it'),
    hint: expect.stringContaining('valet orphans list'),
  });
  expect(await quarantine.keep(['f1'], 'operator')).toEqual(['f1']);
  await fuseOf(rows.database).assertIntact();
});
