import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoneMachine } from '../../../src/sdk/database/observing.js';
import type { Guard, ProjectRow } from '../../../src/sdk/database/projects.js';
import {
  activeProject,
  archivingProject,
  dormantProject,
  emptied,
  environment,
  eventsOf,
  everything,
  guardOf,
  machineRow,
  newMachineRow,
  present,
  seen,
  type TestRows,
  testRows,
} from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
});
beforeEach(async () => {
  await emptied(rows);
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

const by = { owner: 'instance-a', actor: 'observe@instance-a' };

async function goneMachine(id: string): Promise<GoneMachine> {
  const project = await activeProject(rows, id);
  await rows.database.travel('6 minutes');
  const machine = present(await rows.observing.ofProject(project.id));
  const missed = present(await rows.observing.missed(machine, 'observe'));
  return {
    ...machine,
    missing_looks: missed.looks,
    project_id: project.id,
    project_state: 'active',
    project_epoch: project.epoch,
  };
}

interface UnderWay {
  readonly project: ProjectRow;
  readonly guard: Guard;
  readonly oldId: string;
  readonly newId: string;
}

async function rebuilding(id: string): Promise<UnderWay> {
  const gone = await goneMachine(id);
  const wanted = newMachineRow();
  const project = present(await rows.rebuilding.beginRebuild(gone, wanted, by));
  return { project, guard: guardOf(project), oldId: gone.id, newId: wanted.id };
}

async function undoing(id: string): Promise<UnderWay> {
  const sleeping = await dormantProject(rows, id);
  const tombstone = present(await rows.undoing.tombstone(id));
  const wanted = newMachineRow();
  const project = present(await rows.undoing.beginUndo(sleeping, tombstone.id, wanted, by));
  return { project, guard: guardOf(project), oldId: tombstone.id, newId: wanted.id };
}

/** As far as a machine has to be before it can be assigned. */
async function made(newId: string): Promise<void> {
  await rows.machines.recordMachine(newId, `fly-${newId}`);
}

describe('a rebuild', () => {
  it('begins with both rows: the old one keeps the volume, the new one has none', async () => {
    const { project, oldId, newId } = await rebuilding('demo');
    expect(project).toMatchObject({ state: 'waking', transition_from: 'active', machine_id: oldId });
    expect(await machineRow(rows, oldId)).toMatchObject({ state: 'assigned', volume_id: `vol_${oldId}` });
    expect(await machineRow(rows, newId)).toMatchObject({
      state: 'provisioning',
      project_id: 'demo',
      takes_volume_of: oldId,
      volume_name: null,
      volume_id: null,
    });
  });

  it('G2: is begun by one of many', async () => {
    const gone = await goneMachine('demo');
    const begun = await Promise.all([1, 2, 3].map(() => rows.rebuilding.beginRebuild(gone, newMachineRow(), by)));
    expect(begun.filter((project) => project !== undefined)).toHaveLength(1);
    expect(await rows.database.db.query(`select 1 from machines where state = 'provisioning'`)).toHaveLength(1);
  });

  it('G10: is not begun when Fly has been seen to know the machine since', async () => {
    const gone = await goneMachine('demo');
    await rows.machines.observed(gone.id, 'started');
    expect(await rows.rebuilding.beginRebuild(gone, newMachineRow(), by)).toBeUndefined();
    expect(await seen(rows, 'demo')).toMatchObject({ state: 'active' });
  });

  it('G1, G4: that fails is active as before, the volume is the old row’s, and the new row retires without any', async () => {
    const { guard, oldId, newId } = await rebuilding('demo');
    const before = await seen(rows, 'demo');
    expect(await rows.rebuilding.putBackActive(guard, 'no room', 5)).toBe(true);
    const after = await seen(rows, 'demo');
    expect(after).toMatchObject({ state: 'active', machine_id: oldId, transition_from: null, wake_failures: 1 });
    expect(after.last_active_token).toBe(before.last_active_token);
    expect(await machineRow(rows, oldId)).toMatchObject({ state: 'assigned', volume_id: `vol_${oldId}` });
    expect(await machineRow(rows, newId)).toMatchObject({
      state: 'retiring',
      retire_cause: 'failed',
      volume_name: null,
    });
  });

  it('is not tried again before its time', async () => {
    const { guard } = await rebuilding('demo');
    await rows.rebuilding.putBackActive(guard, 'no room', 60);
    const again = async () => {
      const { id, epoch } = await seen(rows, 'demo');
      const machine = present(await rows.observing.ofProject(id));
      const gone: GoneMachine = { ...machine, project_id: id, project_state: 'active', project_epoch: epoch };
      return rows.rebuilding.beginRebuild(gone, newMachineRow(), by);
    };
    expect(await again()).toBeUndefined();
    await rows.database.travel('1 minute');
    expect(await again()).toMatchObject({ state: 'waking' });
  });

  it('G2, G11: that succeeds moves the volume, name and id, and does not count as use', async () => {
    const { guard, oldId, newId } = await rebuilding('demo');
    const before = await seen(rows, 'demo');
    await made(newId);
    await rows.moves.finish(guard, { oldId, newId });
    expect(await machineRow(rows, oldId)).toMatchObject({
      state: 'retiring',
      retire_cause: 'moved',
      volume_moved_to: newId,
      volume_id: null,
      volume_name: null,
    });
    expect(await machineRow(rows, newId)).toMatchObject({
      state: 'assigned',
      takes_volume_of: null,
      volume_id: `vol_${oldId}`,
      volume_name: `v_${oldId}`,
    });
    const after = await seen(rows, 'demo');
    expect(after).toMatchObject({ state: 'active', machine_id: newId, epoch: guard.epoch, transition_owner: null });
    expect(after.last_active_token).toBe(before.last_active_token);
    expect((await eventsOf(rows, 'demo')).slice(-3)).toEqual(['rebuild_begun', 'volume_moved', 'activated']);
  });
});

describe('an undo', () => {
  it('takes what the last archive left behind, never an earlier one’s', async () => {
    await dormantProject(rows, 'demo');
    const first = present(await rows.undoing.tombstone('demo'));
    await rows.database.db.query(
      `insert into machines (id, environment, fly_app, name, volume_name, volume_id, region, image, config_hash, state, project_id,
                             keep_volume_until, retiring_at, next_attempt_at, volume_deleting_at)
       values ('later', 'test', 'app', 'n', 'v', 'vol', 'sjc', 'i', 'h', 'retiring', 'demo',
               valet_now() + interval '1 hour', valet_now() + interval '1 minute', valet_now(), valet_now())`,
    );
    expect(first.keeps_volume).toBe(true);
    expect(await rows.undoing.tombstone('demo')).toMatchObject({ id: 'later', keeps_volume: false });
  });

  it('G1: extends the keep time of the volume in the same statement', async () => {
    const sleeping = await dormantProject(rows, 'demo');
    const { id } = present(await rows.undoing.tombstone('demo'));
    await rows.retiring.machineGone(id, 0, 'test');
    await rows.database.travel('59 minutes');
    expect(await rows.undoing.beginUndo(sleeping, id, newMachineRow(), by)).toBeDefined();
    await rows.database.travel('59 minutes');
    expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(false);
    await rows.database.travel('2 minutes');
    expect(await rows.retiring.markVolumeDeleting(id, 'test')).toBe(true);
  });

  it('G1, G6: and the deleting of the volume never both win', async () => {
    for (let round = 0; round < 20; round++) {
      const project = await dormantProject(rows, `race-${round}`);
      const tombstone = present(await rows.undoing.tombstone(project.id));
      await rows.retiring.machineGone(tombstone.id, 0, 'test');
      // Due in this very moment: whoever comes first.
      await rows.database.db.query(
        `update machines set keep_volume_until = valet_now() + interval '2 milliseconds' where id = $1`,
        [tombstone.id],
      );
      const [begun, marked] = await Promise.all([
        rows.undoing.beginUndo(project, tombstone.id, newMachineRow(), by),
        new Promise((resolve) => setTimeout(resolve, round % 5)).then(() =>
          rows.retiring.markVolumeDeleting(tombstone.id, 'test'),
        ),
      ]);
      expect(begun !== undefined && marked).toBe(false);
    }
  });

  it('is refused once the volume’s mark is set', async () => {
    const project = await dormantProject(rows, 'demo');
    const tombstone = present(await rows.undoing.tombstone('demo'));
    await rows.database.db.query('update machines set volume_deleting_at = valet_now() where id = $1', [tombstone.id]);
    const before = await everything(rows);
    expect(await rows.undoing.beginUndo(project, tombstone.id, newMachineRow(), by)).toBeUndefined();
    expect(await everything(rows)).toEqual(before);
  });

  it('and a wake at once: one of them begins', async () => {
    for (let round = 0; round < 10; round++) {
      const project = await dormantProject(rows, `either-${round}`);
      const { id } = present(await rows.undoing.tombstone(project.id));
      const [undone, woken] = await Promise.all([
        rows.undoing.beginUndo(project, id, newMachineRow(), by),
        rows.waking.beginWake(project, 'instance-b', 'instance-b'),
      ]);
      expect([undone, woken].filter((begun) => begun !== undefined)).toHaveLength(1);
    }
  });

  it('that fails is put back to sleep with the volume still what the archive left behind', async () => {
    const { guard, oldId, newId } = await undoing('demo');
    expect(await rows.waking.putBack(guard, 'no room', null)).toBe(true);
    expect(await seen(rows, 'demo')).toMatchObject({ state: 'dormant', machine_id: null });
    expect(await rows.undoing.tombstone('demo')).toMatchObject({ id: oldId, keeps_volume: true });
    expect(await machineRow(rows, newId)).toMatchObject({ state: 'retiring', volume_name: null });
  });

  it('that succeeds leaves the archive current, and nothing of the old machine to be deleted but itself', async () => {
    const { guard, oldId, newId, project } = await undoing('demo');
    await made(newId);
    await rows.moves.finish(guard, { oldId, newId });
    expect(await seen(rows, 'demo')).toMatchObject({
      state: 'active',
      machine_id: newId,
      current_archive_id: project.current_archive_id,
    });
    await rows.retiring.machineGone(oldId, 0, 'test');
    await rows.database.travel('2 hours');
    expect(await rows.retiring.markVolumeDeleting(oldId, 'test')).toBe(false);
    expect((await rows.retiring.due(environment, 10))[0]).toMatchObject({ id: oldId, has_volume: false });
  });
});

describe.each([
  ['a rebuild', () => rebuilding('demo')],
  ['an undo', () => undoing('demo')],
] as const)('the end of %s', (_, begin) => {
  const wrongs: readonly { why: string; first: (under: UnderWay) => Promise<unknown> }[] = [
    { why: 'its row was taken over', first: ({ guard }) => takenOver(guard) },
    { why: 'the new machine was given up', first: ({ newId }) => rows.retiring.giveUpProvisioning(newId, 'x', 'y') },
    {
      why: 'the volume is being deleted',
      first: ({ oldId }) =>
        rows.database.db.query('update machines set volume_deleting_at = valet_now() where id = $1', [oldId]),
    },
  ];

  async function takenOver(guard: Guard): Promise<void> {
    await rows.database.travel('11 seconds');
    await rows.projects.takeOver(guard, 'instance-b');
  }

  it.each(wrongs)('G6: changes nothing when $why', async ({ first }) => {
    const under = await begin();
    await made(under.newId);
    await first(under);
    const before = await everything(rows);
    await expect(rows.moves.finish(under.guard, under)).rejects.toMatchObject({ code: 'state_changed' });
    expect(await everything(rows)).toEqual(before);
  });
});

it('a hold that is set while a project is being archived makes its owner stop', async () => {
  const { guard } = await archivingProject(rows, 'held');
  expect(await rows.projects.renew(guard)).toBe('owned');
  await rows.database.db.query(`update projects set hold_until = valet_now() + interval '1 hour' where id = 'held'`);
  expect(await rows.projects.renew(guard)).toBe('wanted_elsewhere');
});
