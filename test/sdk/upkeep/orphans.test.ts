import { afterEach, beforeEach, expect, test } from 'vitest';
import { QuarantineTable } from '../../../src/sdk/database/quarantine.js';
import { callFly } from '../../support/fly-emulator.js';
import type { Instance } from '../../support/instance.js';
import { listedMachines, listedVolumes } from '../../support/invariants.js';
import { strayMachine, strayVolume, volumeNameOf } from '../../support/strays.js';
import { type TestPlatform, testPlatform } from '../../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;

beforeEach(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane();
});
afterEach(() => platform?.[Symbol.asyncDispose]());

/** So many passes of the search, a quarter of an hour apart; answers how the last one failed. */
async function search(passes: number, by = instance): Promise<unknown> {
  let failure: unknown;
  for (let pass = 0; pass < passes; pass++) {
    failure = await by.run('orphans').then(
      () => undefined,
      (error: unknown) => error,
    );
    await platform.database.travel('15 minutes');
  }
  return failure;
}

async function retire(): Promise<void> {
  for (let pass = 0; pass < 3; pass++) {
    await instance.run('retire');
    await platform.database.travel('2 minutes');
  }
}

async function orphans() {
  return (await instance.valet.orphans.list()).orphans;
}

async function idsAtFly(): Promise<string[]> {
  return [...(await listedMachines(platform)), ...(await listedVolumes(platform))].map(({ id }) => id);
}

test('G13: what has our stamp and no row is suspected once, and stops all that destroys when it was seen twice', async () => {
  const stray = await strayMachine(platform, 'unheard');
  expect(await search(1)).toBeUndefined();
  expect(await orphans()).toMatchObject([{ id: stray.id, kind: 'machine', reason: 'no_row', confirmed_at: null }]);
  expect(await search(1)).toMatchObject({ code: 'fuse_blown' });
  expect(await orphans()).toMatchObject([{ id: stray.id, confirmed_at: expect.any(String), verdict: null }]);
  expect(await idsAtFly()).toEqual(expect.arrayContaining([stray.id, stray.volumeId]));
});

test('G13: two passes within a moment are not enough', async () => {
  await strayMachine(platform, 'unheard');
  for (let pass = 0; pass < 3; pass++) await instance.run('orphans');
  expect(await orphans()).toMatchObject([{ confirmed_at: null }]);
});

test('G13: an orphan is removed, data and all, when an operator says so, and by retiring alone', async () => {
  const stray = await strayMachine(platform, 'unheard');
  await search(2);
  for (let time = 0; time < 2; time++)
    expect(await instance.valet.orphans.remove({ ids: [stray.id] })).toEqual({ done: [stray.id], failed: [] });
  expect(await idsAtFly()).toContain(stray.id);
  await retire();
  expect(await idsAtFly()).toEqual([]);
  expect(await search(2)).toBeUndefined();
  expect(await platform.database.db.query(`select what, actor from events where what = 'orphan_removed'`)).toEqual([
    { what: 'orphan_removed', actor: `operator@${instance.name}` },
  ]);
});

test('G13: one that is kept stops nothing and is left alone for ever; removing it later is possible', async () => {
  const stray = await strayVolume(platform, volumeNameOf('unheard'));
  await search(2);
  expect(await instance.valet.orphans.keep({ ids: [stray] })).toEqual({ done: [stray], failed: [] });
  expect(await search(4)).toBeUndefined();
  expect(await orphans()).toMatchObject([{ id: stray, verdict: 'keep' }]);
  expect(await idsAtFly()).toEqual([stray]);
  await instance.valet.orphans.remove({ ids: [stray] });
  await retire();
  expect(await idsAtFly()).toEqual([]);
});

test('G13: a verdict on what is unknown, or not confirmed yet, is refused by name', async () => {
  const stray = await strayMachine(platform, 'unheard');
  await search(1);
  for (const call of ['remove', 'keep'] as const) {
    expect(await instance.valet.orphans[call]({ ids: [stray.id, 'never-seen'] })).toMatchObject({
      done: [],
      failed: [
        { id: stray.id, code: 'state_changed' },
        { id: 'never-seen', code: 'not_found' },
      ],
    });
  }
  await search(1);
  expect(await orphans()).toMatchObject([{ verdict: null }]);
});

test('G13: another installation on the same Fly app is none of our business', async () => {
  const theirs = await strayMachine(platform, 'theirs', 'staging');
  const loose = await strayVolume(platform, volumeNameOf('loose', 'staging'));
  expect(await search(3)).toBeUndefined();
  await retire();
  expect(await orphans()).toEqual([]);
  expect(await idsAtFly()).toEqual(expect.arrayContaining([theirs.id, theirs.volumeId, loose]));
});

test('G13: lists that are empty, stale or refused change nothing', async () => {
  const project = await instance.valet.projects.create({ id: 'in-use' });
  const stray = await strayMachine(platform, 'unheard');
  await search(2);
  for (const call of ['list_machines', 'list_volumes'] as const)
    platform.fly.faults.add({ call, kind: 'list_empty', times: Infinity });
  await search(4);
  platform.fly.faults.clear();
  platform.fly.faults.add({ call: 'list_volumes', kind: 'refuse', status: 500, error: 'no', times: Infinity });
  expect(await search(1)).toMatchObject({ code: 'fly_failed' });
  platform.fly.faults.clear();
  expect(await orphans()).toMatchObject([{ id: stray.id, confirmed_at: expect.any(String) }]);
  expect(await idsAtFly()).toEqual(expect.arrayContaining([stray.id, stray.volumeId, project.machine_id]));
});

test('G13: a machine that only a stale list still shows is not put in quarantine', async () => {
  const stray = await strayMachine(platform, 'unheard');
  platform.fly.faults.add({ call: 'list_machines', kind: 'list_stale', times: Infinity });
  platform.fly.faults.add({ call: 'list_volumes', kind: 'list_stale', times: Infinity });
  await callFly(platform.fly, 'DELETE', `/machines/${stray.id}?force=true`);
  await callFly(platform.fly, 'GET', `/machines/${stray.id}/wait?state=destroyed&timeout=60`);
  expect(await search(3)).toBeUndefined();
  expect((await orphans()).filter(({ confirmed_at }) => confirmed_at !== null)).toEqual([]);
});

test('G13: what has vanished is forgotten, when Fly denies it by its id', async () => {
  const stray = await strayMachine(platform, 'unheard');
  await search(2);
  await callFly(platform.fly, 'DELETE', `/machines/${stray.id}?force=true`);
  await callFly(platform.fly, 'GET', `/machines/${stray.id}/wait?state=destroyed&timeout=60`);
  await callFly(platform.fly, 'DELETE', `/volumes/${stray.volumeId}`);
  await search(1);
  expect(await orphans()).toMatchObject([{ id: stray.id }]);
  await search(1);
  expect(await orphans()).toEqual([]);
  expect(await search(1)).toBeUndefined();
});

test('G4: a volume made twice, by a create whose answer was lost, leaves no second one behind', async () => {
  const { machine_id } = await instance.valet.projects.create({ id: 'doubled' });
  const [row] = await platform.database.db.query<{ volume_name: string; volume_id: string }>(
    `select volume_name, volume_id from machines where fly_id = $1`,
    [machine_id],
  );
  const second = await strayVolume(platform, row?.volume_name ?? '');
  await search(2);
  await retire();
  expect(await idsAtFly()).not.toContain(second);
  expect(await idsAtFly()).toEqual(expect.arrayContaining([machine_id, row?.volume_id]));
  expect(await orphans()).toEqual([]);
});

test('G4: machine and volume that their row took for gone go back once more', async () => {
  await instance.valet.projects.create({ id: 'spent' });
  await platform.database.db.query(
    `update machines set state = 'retired', retired_at = valet_now(), machine_gone_at = valet_now(),
            volume_gone_at = valet_now(), retire_cause = 'failed'`,
  );
  await platform.database.db.query(`delete from projects`);
  await search(2);
  await retire();
  await search(2);
  await retire();
  expect(await idsAtFly()).toEqual([]);
  expect(await orphans()).toEqual([]);
});

test('G1: what may hold the only data of a lost project is not given back, but waits for an operator', async () => {
  const { machine_id } = await instance.valet.projects.create({ id: 'lost-one' });
  await platform.database.db.query(
    `update machines set state = 'retired', retired_at = valet_now(), machine_gone_at = valet_now(),
            volume_gone_at = valet_now(), retire_cause = 'gone'`,
  );
  await platform.database.db.query(`delete from projects`);
  await search(2);
  await instance.run('retire').catch(() => undefined);
  expect(await orphans()).toMatchObject([
    { id: machine_id, project_id: 'lost-one', detail: expect.stringContaining('only data of project lost-one') },
  ]);
  expect(await idsAtFly()).toHaveLength(2);
});

test('G13: more to give back than the cap is given back not at all, and said', async () => {
  const { machine_id } = await instance.valet.projects.create({ id: 'many' });
  const [row] = await platform.database.db.query<{ volume_name: string }>(
    `select volume_name from machines where fly_id = $1`,
    [machine_id],
  );
  const spares: string[] = [];
  for (let count = 0; count < 11; count++) spares.push(await strayVolume(platform, row?.volume_name ?? ''));
  expect(await search(2)).toMatchObject({
    code: 'fuse_blown',
    message: expect.stringContaining('11 machines and volumes'),
  });
  expect(await idsAtFly()).toEqual(expect.arrayContaining(spares));
  expect(await search(1)).toMatchObject({ code: 'fuse_blown' });
  expect(await instance.valet.orphans.remove({ ids: spares })).toMatchObject({ failed: [] });
  await retire();
  expect(await idsAtFly()).toEqual(expect.arrayContaining([machine_id]));
  expect((await idsAtFly()).filter((id) => spares.includes(id))).toEqual([]);
});

test('G13: a machine that refuses because it has seen a later decision than its row is put in quarantine', async () => {
  const { machine_id } = await instance.valet.projects.create({ id: 'here' });
  const [row] = await platform.database.db.query<{ name: string }>(`select name from machines`);
  const target = { flyId: machine_id ?? '', name: row?.name ?? '' };
  await platform.protocol.configure(target, 900, { project_id: 'here', deploy_key: 'of-another-timeline' });
  await expect(instance.valet.projects.archive('here')).rejects.toMatchObject({ code: 'machine_refused' });
  expect(await orphans()).toMatchObject([{ id: machine_id, reason: 'larger_epoch', confirmed_at: expect.any(String) }]);
  expect(await instance.valet.orphans.remove({ ids: [machine_id ?? ''] })).toMatchObject({
    failed: [{ reason: expect.stringContaining('delete the project first') }],
  });
  expect(await idsAtFly()).toContain(machine_id);
});

test('G6: a call that came too late, and is refused for that, accuses nobody', async () => {
  const { machine_id } = await instance.valet.projects.create({ id: 'here' });
  const [row] = await platform.database.db.query<{ name: string }>(`select name from machines`);
  const late = { project_id: 'here', deploy_key: 'late' };
  await platform.database.db.query(`update projects set epoch = nextval('epochs')`);
  const [now] = await platform.database.db.query<{ epoch: number }>(`select epoch from projects`);
  const target = { flyId: machine_id ?? '', name: row?.name ?? '' };
  await platform.protocol.configure(target, now?.epoch ?? 0, late);
  const quarantine = new QuarantineTable(platform.database.db);
  expect(await quarantine.contradiction(target, { project_id: null, epoch: now?.epoch ?? 0 }, 'test')).toBeUndefined();
  expect(await orphans()).toEqual([]);
});
