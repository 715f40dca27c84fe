import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  archivingProject,
  environment,
  eventsOf,
  everything,
  keepVolumeSecs,
  machineRow,
  present,
  seen,
  type TestRows,
  testRows,
} from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

async function set(id: string, assignment: string): Promise<void> {
  await rows.database.db.query(`update projects set ${assignment} where id = $1`, [id]);
}

const refusals: readonly { why: string; id: string; first: (id: string) => Promise<unknown> }[] = [
  { why: 'a wake was requested', id: 'wanted', first: (id) => rows.archiving.requestWake(id) },
  { why: 'it is held', id: 'held', first: (id) => set(id, `hold_until = valet_now() + interval '1 hour'`) },
  {
    why: 'it was used, be it a microsecond later',
    id: 'used',
    first: (id) => set(id, `last_active_at = last_active_at + interval '1 microsecond'`),
  },
  { why: 'its epoch has moved', id: 'moved', first: (id) => set(id, `epoch = nextval('epochs')`) },
  { why: 'its machine is another', id: 'swapped', first: (id) => set(id, `machine_id = 'another'`) },
];

it.each(refusals)('an archive is not committed when $why, and nothing changes', async ({ id, first }) => {
  const { project, guard, proven } = await archivingProject(rows, id);
  await first(id);
  const before = await everything(rows);
  expect(await rows.archiving.commit(guard, project, proven, keepVolumeSecs)).toBe(false);
  expect(await everything(rows)).toEqual(before);
});

it('G1: an archive is not committed with an archive of another attempt or another project', async () => {
  const stranger = await archivingProject(rows, 'stranger');
  const first = await archivingProject(rows, 'retried');
  const cancelled = present(await rows.archiving.beginCancel(first.guard, 'upload failed'));
  const guard = { ...first.guard, epoch: cancelled.epoch };
  const before = await everything(rows);
  for (const wrong of [first.proven, stranger.proven, { ...first.proven, id: 'never-began' }]) {
    expect(await rows.archiving.commit(guard, cancelled, wrong, keepVolumeSecs)).toBe(false);
  }
  expect(await everything(rows)).toEqual(before);
});

it('a hold that has ended is no hold', async () => {
  const { project, guard, proven } = await archivingProject(rows, 'once-held');
  await set('once-held', `hold_until = valet_now()`);
  expect(await rows.archiving.commit(guard, project, proven, keepVolumeSecs)).toBe(true);
});

it('G1: on commit the archive, the project, the machine and the history move together', async () => {
  const { project, guard, proven } = await archivingProject(rows, 'sleepy');
  const [clock] = await rows.database.db.query<{ now: Date }>('select valet_now() as now');
  expect(await rows.archiving.commit(guard, project, proven, keepVolumeSecs)).toBe(true);

  const dormant = await seen(rows, 'sleepy');
  expect(dormant).toMatchObject({
    state: 'dormant',
    machine_id: null,
    current_archive_id: proven.id,
    transition_owner: null,
    transition_from: null,
  });
  expect(dormant.epoch).toBeGreaterThan(guard.epoch);
  const [archive] = await rows.database.db.query('select * from archives where id = $1', [proven.id]);
  expect(archive).toMatchObject({
    project_id: 'sleepy',
    epoch: guard.epoch,
    r2_checksum: proven.r2Checksum,
    size_bytes: proven.sizeBytes,
    proven_at: expect.any(Date),
  });
  const machine = await machineRow(rows, present(project.machine_id));
  expect(machine).toMatchObject({ state: 'retiring', volume_deleting_at: null });
  const keptMs = Number(machine.keep_volume_until) - Number(clock?.now);
  expect(keptMs).toBeGreaterThanOrEqual(keepVolumeSecs * 1000);
  expect(keptMs).toBeLessThan(keepVolumeSecs * 1000 + 60_000);
  expect((await rows.retiring.due(environment, 100)).map(({ id }) => id)).toContain(project.machine_id);
  expect((await eventsOf(rows, 'sleepy')).at(-1)).toBe('archived');
});

it('an archive is committed once: the same commit again changes nothing', async () => {
  const { project, guard, proven } = await archivingProject(rows, 'twice');
  const commits = await Promise.all([1, 2, 3].map(() => rows.archiving.commit(guard, project, proven, keepVolumeSecs)));
  expect(commits.filter(Boolean)).toHaveLength(1);
  expect((await eventsOf(rows, 'twice')).filter((what) => what === 'archived')).toHaveLength(1);
});

it('G5: a wake request and a commit at the same time never both win', async () => {
  for (let round = 0; round < 20; round++) {
    const { project, guard, proven } = await archivingProject(rows, `race-${round}`);
    const [committed, requested] = await Promise.all([
      rows.archiving.commit(guard, project, proven, keepVolumeSecs),
      rows.archiving.requestWake(guard.id),
    ]);
    expect([committed, requested]).toContain(true);
    expect(committed).not.toBe(requested);
  }
});
