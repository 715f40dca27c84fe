import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoneMachine, WatchedMachine } from '../../../src/sdk/database/observing.js';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import {
  activeProject,
  claimed,
  creatingProject,
  emptied,
  environment,
  eventsOf,
  everything,
  machineRow,
  present,
  readyMachine,
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

async function watched(id: string): Promise<WatchedMachine> {
  return present((await rows.observing.page(environment, '', 100)).find((machine) => machine.id === id));
}

/** The machine of a new active project, older than what is too young to be believed absent. */
async function oldEnough(projectId = 'demo'): Promise<GoneMachine> {
  const project = await activeProject(rows, projectId);
  await rows.database.travel('6 minutes');
  return gone(await watched(present(project.machine_id)));
}

function gone(machine: WatchedMachine): GoneMachine {
  if (machine.project_state !== 'active') throw new Error('It has no active project.');
  const project_id = parseProjectId(present(machine.project_id));
  return { ...machine, project_id, project_state: 'active', project_epoch: present(machine.project_epoch) };
}

async function look(id: string) {
  return rows.observing.missed(await watched(id), 'observe');
}

async function lookForVolume(id: string) {
  return rows.observing.volumeMissed(gone(await watched(id)), 'observe');
}

describe('G10: that a machine is gone', () => {
  it('takes two denials at least five minutes apart', async () => {
    const { id } = await oldEnough();
    expect(await look(id)).toEqual({ looks: 1, proven: false });
    expect(await look(id)).toEqual({ looks: 2, proven: false });
    await rows.database.travel('4 minutes');
    expect(await look(id)).toEqual({ looks: 3, proven: false });
    await rows.database.travel('1 minute');
    expect(await look(id)).toEqual({ looks: 4, proven: true });
    expect((await eventsOf(rows, 'demo')).filter((what) => what === 'machine_missing')).toHaveLength(1);
  });

  it('is not even suspected of one that was just made', async () => {
    const project = await activeProject(rows, 'young');
    expect(await look(present(project.machine_id))).toBeUndefined();
    expect(await watched(present(project.machine_id))).toMatchObject({ missing_looks: 0 });
  });

  it('is forgotten as soon as it is seen', async () => {
    const { id } = await oldEnough();
    await look(id);
    await rows.database.travel('6 minutes');
    await rows.machines.observed(id, 'started');
    expect(await look(id)).toEqual({ looks: 1, proven: false });
  });

  it('is counted once by two who looked at the same moment, however late the second writes it down', async () => {
    const machine = await oldEnough();
    expect(await rows.observing.missed(machine, 'a')).toEqual({ looks: 1, proven: false });
    await rows.database.travel('6 minutes');
    expect(await rows.observing.missed(machine, 'b')).toBeUndefined();
  });
});

it('a member of the pool whose machine is gone retires, and one that was seen again does not', async () => {
  const [first, second] = [await readyMachine(rows), await readyMachine(rows)];
  await rows.database.travel('6 minutes');
  for (const id of [first, second]) await look(id);
  await rows.machines.observed(second, 'started');
  const actor = 'observe';
  expect(await rows.observing.giveUpGone(await watched(first), 1, actor)).toBe(true);
  expect(await rows.observing.giveUpGone(await watched(second), 1, actor)).toBe(false);
  expect(await machineRow(rows, first)).toMatchObject({ state: 'retiring', retire_cause: 'gone' });
  expect(await machineRow(rows, second)).toMatchObject({ state: 'ready' });
});

it('a volume that Fly has moved is the same data under another id', async () => {
  const machine = await oldEnough();
  await rows.observing.volumeMigrated(machine, 'vol_new', 'observe');
  await rows.observing.volumeMigrated(machine, 'vol_late', 'observe');
  expect(await machineRow(rows, machine.id)).toMatchObject({ volume_id: 'vol_new' });
  expect((await eventsOf(rows, 'demo')).filter((what) => what === 'volume_migrated')).toHaveLength(1);
});

/** Machine and volume denied as long as it takes, with how often that was. */
async function proveBothGone(id: string) {
  await look(id);
  await lookForVolume(id);
  await rows.database.travel('5 minutes');
  return { machine: present(await look(id)).looks, volume: present(await lookForVolume(id)).looks };
}

describe('lost', () => {
  it('project, machine and history change together, and nothing is left that could be deleted', async () => {
    const { id } = await oldEnough();
    const looks = await proveBothGone(id);
    const lost = await rows.observing.lose(gone(await watched(id)), looks, 'observe');
    expect(lost?.why).toContain('it has no archive');
    expect(await seen(rows, 'demo')).toMatchObject({ state: 'lost', machine_id: null });
    expect(await machineRow(rows, id)).toMatchObject({ state: 'retired', retire_cause: 'gone' });
    expect(await rows.retiring.due(environment, 10)).toEqual([]);
    expect((await eventsOf(rows, 'demo')).at(-1)).toBe('lost');
  });

  it('names the archive that is left', async () => {
    const { id } = await oldEnough();
    await rows.database.db.query(
      `insert into archives (id, project_id, epoch, r2_key, r2_checksum, size_bytes, proven_at, created_at)
         values ('a1', 'demo', 1, 'k', 'c', 1, valet_now(), '2026-02-03 04:05Z');
       update projects set current_archive_id = 'a1' where id = 'demo'`,
    );
    const lost = await rows.observing.lose(gone(await watched(id)), await proveBothGone(id), 'observe');
    expect(lost?.why).toContain('its last archive is a1 of 2026-02-03 04:05 UTC');
  });

  const refusals: readonly { why: string; first: (id: string) => Promise<unknown> }[] = [
    { why: 'the machine was seen again', first: (id) => rows.machines.observed(id, 'started') },
    { why: 'somebody has looked since', first: (id) => look(id) },
    { why: 'the volume was seen again', first: async (id) => rows.observing.volumeSeen(gone(await watched(id))) },
    {
      why: 'its epoch has moved',
      first: () => rows.database.db.query(`update projects set epoch = nextval('epochs')`),
    },
    {
      why: 'its machine is another',
      first: () => rows.database.db.query(`update projects set machine_id = 'another'`),
    },
  ];

  it.each(refusals)('G1, G6: is refused when $why, and nothing changes', async ({ first }) => {
    const { id } = await oldEnough();
    const looks = await proveBothGone(id);
    const machine = gone(await watched(id));
    await first(id);
    const before = await everything(rows);
    expect(await rows.observing.lose(machine, looks, 'observe')).toBeUndefined();
    expect(await everything(rows)).toEqual(before);
  });

  it('G10: is refused while the volume has been denied for less than five minutes', async () => {
    const { id } = await oldEnough();
    await look(id);
    await rows.database.travel('5 minutes');
    const looks = { machine: present(await look(id)).looks, volume: present(await lookForVolume(id)).looks };
    expect(await rows.observing.lose(gone(await watched(id)), looks, 'observe')).toBeUndefined();
    expect(await seen(rows, 'demo')).toMatchObject({ state: 'active' });
  });
});

it('a machine that a project is only about to get is nobody’s yet', async () => {
  const project = await creatingProject(rows, 'coming');
  const machine = await claimed(rows, project);
  expect(await watched(machine.id)).toMatchObject({ state: 'assigned', project_id: 'coming', project_state: null });
});
