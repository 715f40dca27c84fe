import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeletingTable } from '../../../src/sdk/database/deleting.js';
import { transitions } from '../../../src/sdk/lifecycle/transitions.js';
import {
  activeProject,
  archivingProject,
  claimed,
  creatingProject,
  dormantProject,
  guardOf,
  keepVolumeSecs,
  owner,
  present,
  seen,
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

type Name = `${(typeof transitions)[number]['from']} ${(typeof transitions)[number]['event']}`;
type Carrying = (id: string) => Promise<unknown>;

async function lostProject(id: string) {
  await dormantProject(rows, id);
  await rows.database.db.query(`update projects set state = 'lost' where id = $1`, [id]);
  return seen(rows, id);
}

async function wakingFromLost(id: string) {
  return present(await rows.waking.beginWake(await lostProject(id), owner, 'request'));
}

async function deleted(begin: (id: string) => Promise<unknown>, id: string): Promise<void> {
  await begin(id);
  await new DeletingTable(rows.database.db).delete(id, keepVolumeSecs, 'operator');
}

async function activated(project: Awaited<ReturnType<typeof creatingProject>>): Promise<void> {
  const machine = await claimed(rows, project);
  await rows.projects.activate(guardOf(project), machine.id);
}

/** Each transition, carried out by the statement that there is for it. */
const carryOut: Partial<Record<Name, Carrying>> = {
  'creating activate': async (id) => activated(await creatingProject(rows, id)),
  'creating roll_back': async (id) => rows.projects.rollBack(guardOf(await creatingProject(rows, id)), 'why'),
  'active begin_archive': (id) => archivingProject(rows, id),
  'archiving commit_archive': (id) => dormantProject(rows, id),
  'archiving take_over': async (id) => {
    const { project } = await archivingProject(rows, id);
    await rows.database.travel('11 seconds');
    await rows.projects.takeOver(project, 'instance-b');
  },
  'archiving cancel_archive': async (id) => {
    const { guard } = await archivingProject(rows, id);
    const { epoch } = present(await rows.archiving.beginCancel(guard, 'why', 'sweep'));
    await rows.archiving.finishCancel(
      { ...guard, epoch },
      { used: false, retryAfterSecs: null, resumePending: false },
      'sweep',
    );
  },
  'dormant begin_wake': (id) => wakingProject(rows, id),
  'lost begin_wake': wakingFromLost,
  'waking activate': async (id) => activated(await wakingProject(rows, id)),
  'waking put_back_dormant': async (id) => rows.waking.putBack(guardOf(await wakingProject(rows, id)), 'why', 5),
  'waking put_back_lost': async (id) => rows.waking.putBack(guardOf(await wakingFromLost(id)), 'why', 5),
  'creating delete': (id) => deleted((it) => creatingProject(rows, it), id),
  'active delete': (id) => deleted((it) => activeProject(rows, it), id),
  'archiving delete': (id) => deleted((it) => archivingProject(rows, it), id),
  'dormant delete': (id) => deleted((it) => dormantProject(rows, it), id),
  'waking delete': (id) => deleted((it) => wakingProject(rows, it), id),
  'lost delete': (id) => deleted(lostProject, id),
};

/** These need a machine that is gone at Fly: volume-moves.test.ts and observing.test.ts carry them out. */
const elsewhere: readonly Name[] = [
  'active begin_rebuild',
  'active lose',
  'waking put_back_active',
  'dormant begin_undo',
];

it('every transition of the table is carried out here, or where machines vanish', () => {
  const names = transitions.map(({ from, event }): Name => `${from} ${event}`);
  expect([...Object.keys(carryOut), ...elsewhere].toSorted()).toEqual(names.toSorted());
});

const carried = transitions.flatMap(({ from, event, to }) => {
  const work = carryOut[`${from} ${event}`];
  return work ? [{ from, event, to, work }] : [];
});

describe.each(carried)('$from, $event', ({ from, event, to, work }) => {
  it('leaves an event with its actor and the epoch that it made', async () => {
    const id = `${from}-${event}`.replaceAll('_', '-');
    await work(id);
    const [last] = await rows.database.db.query<{ epoch: number; actor: string }>(
      `select epoch, actor from events where project_id = $1 and epoch is not null order by id desc limit 1`,
      [id],
    );
    const project = await rows.projects.find(id);
    expect(project?.state ?? null).toBe(to);
    expect(last?.actor).toMatch(/\w/);
    if (project) expect(last?.epoch).toBe(project.epoch);
  });
});

it('G6: epochs only grow along a history', async () => {
  await dormantProject(rows, 'ordered');
  const events = await rows.database.db.query<{ what: string; epoch: number }>(
    `select what, epoch from events where project_id = 'ordered' order by id`,
  );
  const epochs = events.map(({ epoch }) => epoch);
  expect(epochs).toEqual(epochs.toSorted((one, other) => one - other));
});
