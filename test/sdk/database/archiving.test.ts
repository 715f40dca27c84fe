import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  activeProject,
  archivingProject,
  eventsOf,
  everything,
  owner,
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

function begin(project: Awaited<ReturnType<typeof activeProject>>, archiveId = `archive-of-${project.id}`) {
  return rows.archiving.begin(project, { archiveId, keyOf: (epoch) => `${archiveId}/${epoch}`, owner, actor: 'sweep' });
}

it('G4: the attempt’s archive row is there before anything is uploaded, under a key of its own epoch', async () => {
  const active = await activeProject(rows, 'demo');
  const attempt = present(await begin(active));
  expect(attempt.project).toMatchObject({ state: 'archiving', transition_from: 'active', transition_owner: owner });
  expect(attempt.project.epoch).toBeGreaterThan(active.epoch);
  expect(attempt.r2Key).toBe(`archive-of-demo/${attempt.project.epoch}`);
  const [archive] = await rows.database.db.query('select * from archives where id = $1', [attempt.archiveId]);
  expect(archive).toMatchObject({ epoch: attempt.project.epoch, r2_key: attempt.r2Key, proven_at: null });
});

it('archiving does not begin when the project was used, be it a microsecond after it was looked at', async () => {
  const active = await activeProject(rows, 'used');
  await rows.database.db.query(
    `update projects set last_active_at = last_active_at + interval '1 microsecond' where id = 'used'`,
  );
  const before = await everything(rows);
  expect(await begin(active)).toBeUndefined();
  expect(await everything(rows)).toEqual(before);
});

it('archiving does not begin when the project is held, has another epoch or is not active', async () => {
  const active = await activeProject(rows, 'held');
  const { before: wasActive } = await archivingProject(rows, 'busy');
  await rows.database.db.query(`update projects set hold_until = valet_now() + interval '1 day' where id = 'held'`);
  const other = await activeProject(rows, 'other');
  const before = await everything(rows);
  expect(await begin(active)).toBeUndefined();
  expect(await begin({ ...other, epoch: other.epoch - 1 })).toBeUndefined();
  expect(await begin(wasActive, 'second-attempt')).toBeUndefined();
  expect(await everything(rows)).toEqual(before);
});

it('a touch is guarded by state and epoch', async () => {
  const active = await activeProject(rows, 'touched');
  const { project } = await archivingProject(rows, 'asleep-soon');
  await rows.database.travel('1 hour');
  const before = await everything(rows);
  expect(await rows.routes.touch(active.id, active.epoch - 1)).toBe(false);
  expect(await rows.routes.touch(project.id, project.epoch)).toBe(false);
  expect(await rows.routes.reportUse(project.id)).toBe(false);
  await rows.routes.touchAll([
    { id: active.id, epoch: active.epoch - 1 },
    { id: project.id, epoch: project.epoch },
  ]);
  expect(await everything(rows)).toEqual(before);
  await rows.routes.touchAll([active, project]);
  expect((await seen(rows, active.id)).last_active_at.getTime()).toBeGreaterThan(
    active.last_active_at.getTime() + 3.5e6,
  );
});

it.each(['touch', 'touchAll', 'reportUse'] as const)(
  'of a %s and the beginning of an archive at the same time, exactly one wins',
  async (way) => {
    for (let round = 0; round < 25; round++) {
      const active = await activeProject(rows, `${way.toLowerCase()}-${round}`);
      const touch = way === 'touchAll' ? rows.routes.touchAll([active]) : rows.routes[way](active.id, active.epoch);
      const [begun] = await Promise.all([begin(active), touch]);
      const now = await seen(rows, active.id);
      const used = now.last_active_token !== active.last_active_token;
      expect(used).toBe(begun === undefined);
      expect(now.state).toBe(used ? 'active' : 'archiving');
    }
  },
);

it('a cancelled archive takes a new epoch while still archiving, then serves again and says so', async () => {
  const { guard, before } = await archivingProject(rows, 'cancelled');
  await rows.archiving.requestWake('cancelled');
  const cancelled = present(await rows.archiving.beginCancel(guard, 'a wake was requested'));
  expect(cancelled).toMatchObject({ state: 'archiving', transition_owner: owner, machine_id: before.machine_id });
  expect(cancelled.epoch).toBeGreaterThan(guard.epoch);
  const newer = { ...guard, epoch: cancelled.epoch };
  expect(await rows.archiving.finishCancel(newer, { used: false, retryAfterSecs: 3600, resumePending: false })).toBe(
    true,
  );
  expect(await seen(rows, 'cancelled')).toMatchObject({
    state: 'active',
    machine_id: before.machine_id,
    last_active_token: before.last_active_token,
    wake_requested_at: null,
    transition_owner: null,
  });
  expect(await rows.archiving.failures('cancelled')).toBe(1);
  expect((await eventsOf(rows, 'cancelled')).slice(-2)).toEqual(['archive_cancelled', 'serving_again']);
});

it('G11: only a cancel that somebody’s use caused moves last_active_at', async () => {
  const { guard, before } = await archivingProject(rows, 'in-use');
  await rows.archiving.finishCancel(guard, { used: true, retryAfterSecs: null, resumePending: false });
  expect((await seen(rows, 'in-use')).last_active_token).not.toBe(before.last_active_token);
  expect(await rows.archiving.failures('in-use')).toBe(0);
});
