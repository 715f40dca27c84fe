import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeletingTable } from '../../../src/sdk/database/deleting.js';
import type { Guard } from '../../../src/sdk/database/projects.js';
import type { PassingState } from '../../../src/sdk/lifecycle/states.js';
import {
  activeProject,
  archivingProject,
  claimed,
  creatingProject,
  dormantProject,
  everything,
  guardOf,
  keepVolumeSecs,
  newMachineRow,
  present,
  provenArchive,
  type TestRows,
  testRows,
  wakingProject,
} from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

interface GuardedWrite {
  readonly name: string;
  readonly states: readonly PassingState[];
  readonly write: (guard: Guard, archiveId: string, machineId: string) => Promise<unknown>;
}

const bringingUp = ['creating', 'waking'] as const;

const writes: readonly GuardedWrite[] = [
  { name: 'activate', states: bringingUp, write: (guard, _, machine) => rows.projects.activate(guard, machine) },
  { name: 'rollBack', states: ['creating'], write: (guard) => rows.projects.rollBack(guard, 'why') },
  { name: 'putBack', states: ['waking'], write: (guard) => rows.waking.putBack(guard, 'why', 5) },
  { name: 'renew', states: ['creating', 'waking', 'archiving'], write: (guard) => rows.projects.renew(guard) },
  {
    name: 'insertForProject',
    states: bringingUp,
    write: (guard) => rows.machines.insertForProject(guard, newMachineRow()),
  },
  {
    name: 'giveUpAssigned',
    states: bringingUp,
    write: (guard, _, machine) => rows.retiring.giveUpAssigned(machine, { ...guard, projectId: guard.id }, 'why'),
  },
  {
    name: 'commit',
    states: ['archiving'],
    write: async (guard, archive) => {
      const project = present(await rows.projects.find(guard.id));
      return rows.archiving.commit(guard, project, provenArchive(archive, `${guard.id}/other`), keepVolumeSecs);
    },
  },
  { name: 'beginCancel', states: ['archiving'], write: (guard) => rows.archiving.beginCancel(guard, 'why') },
  {
    name: 'finishCancel',
    states: ['archiving'],
    write: (guard) => rows.archiving.finishCancel(guard, { used: true, retryAfterSecs: 60, resumePending: true }),
  },
];

let made = 0;

/** A project in the state, with a machine, its guard and an archive of its own. */
async function inState(state: PassingState) {
  const id = `p-${made++}`;
  if (state === 'archiving') {
    const { project, guard, proven } = await archivingProject(rows, id);
    return { guard, archive: proven.id, machine: present(project.machine_id) };
  }
  const project = state === 'creating' ? await creatingProject(rows, id) : await wakingProject(rows, id);
  const machine = await claimed(rows, project);
  return { guard: guardOf(project), archive: project.current_archive_id ?? 'none', machine: machine.id };
}

const refusals: readonly unknown[] = [false, undefined, 'lost'];

describe.each(writes)('$name', ({ states, write }) => {
  it.each(states)('G6: changes nothing with an older or newer epoch, or for another owner (%s)', async (state) => {
    const { guard, archive, machine } = await inState(state);
    const before = await everything(rows);
    const wrong: Guard[] = [
      { ...guard, epoch: guard.epoch - 1 },
      { ...guard, epoch: guard.epoch + 1 },
      { ...guard, owner: 'instance-b' },
    ];
    for (const guardedWrongly of wrong) expect(refusals).toContain(await write(guardedWrongly, archive, machine));
    expect(await everything(rows)).toEqual(before);
    expect(refusals, 'the right guard is let through').not.toContain(await write(guard, archive, machine));
  });

  const others = (['creating', 'waking', 'archiving'] as const).filter((state) => !states.includes(state));
  it.each(others)('G6: changes nothing in the wrong state, whoever asks (%s)', async (state) => {
    const { guard, archive, machine } = await inState(state);
    const before = await everything(rows);
    expect(refusals).toContain(await write(guard, archive, machine));
    expect(await everything(rows)).toEqual(before);
  });

  it.each(states)('G6: an owner that was paused finds its guard gone after a takeover (%s)', async (state) => {
    const { guard, archive, machine } = await inState(state);
    await rows.database.travel('11 seconds');
    await rows.projects.takeOver(guard, 'instance-b');
    const before = await everything(rows);
    expect(refusals).toContain(await write(guard, archive, machine));
    expect(await everything(rows)).toEqual(before);
  });

  it.each(states)('G6: an owner finds its guard gone after the project was deleted (%s)', async (state) => {
    const { guard, archive, machine } = await inState(state);
    expect(await new DeletingTable(rows.database.db).delete(guard.id, keepVolumeSecs, 'operator')).toBe(true);
    const before = await everything(rows);
    expect(refusals).toContain(await write(guard, archive, machine));
    expect(await everything(rows)).toEqual(before);
  });

  it('G6: changes nothing once the project has come to rest', async () => {
    for (const project of [await activeProject(rows, `p-${made++}`), await dormantProject(rows, `p-${made++}`)]) {
      const before = await everything(rows);
      const guard = { id: project.id, epoch: project.epoch, owner: 'instance-a' };
      expect(refusals).toContain(
        await write(guard, project.current_archive_id ?? 'none', project.machine_id ?? 'none'),
      );
      expect(await everything(rows)).toEqual(before);
    }
  });
});

it('G6: a project is activated only on a machine that is assigned to it', async () => {
  const mine = await inState('creating');
  const other = await inState('creating');
  const before = await everything(rows);
  expect(await rows.projects.activate(mine.guard, other.machine)).toBe(false);
  expect(await rows.projects.activate(mine.guard, 'none')).toBe(false);
  expect(await everything(rows)).toEqual(before);
});

it('G6: a machine that was made for a project is assigned only while that project is still the owner’s', async () => {
  const project = await creatingProject(rows, `p-${made++}`);
  const guard = guardOf(project);
  const machine = present(await rows.machines.insertForProject(guard, newMachineRow()));
  await rows.machines.recordMachine(machine.id, `fly-${machine.id}`);
  const stranger = guardOf(await creatingProject(rows, `p-${made++}`));
  const before = await everything(rows);
  for (const wrong of [{ ...guard, epoch: guard.epoch - 1 }, { ...guard, owner: 'instance-b' }, stranger]) {
    expect(await rows.machines.assignProvisioned(machine.id, wrong)).toBeUndefined();
  }
  expect(await everything(rows)).toEqual(before);
  expect(await rows.machines.assignProvisioned(machine.id, guard)).toMatchObject({ state: 'assigned' });
});
