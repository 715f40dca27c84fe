import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Notifications } from '../../../src/sdk/database/notifications.js';
import {
  activeProject,
  archivingProject,
  claimed,
  creatingProject,
  emptied,
  eventually,
  guardOf,
  keepVolumeSecs,
  present,
  type TestRows,
  testRows,
} from '../../support/rows.js';

let rows: TestRows;
let news: Notifications;
let heard: string[];
beforeAll(async () => {
  rows = await testRows();
});
beforeEach(async () => {
  await emptied(rows);
  news = new Notifications(rows.database.url);
  heard = [];
  news.subscribe({ changed: (id) => heard.push(id), reset: () => heard.push('(reset)') });
  await news.open();
});
afterEach(async () => {
  await news[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rows[Symbol.asyncDispose]();
});

/** What was heard since the last look. News arrives in the order of commits, so a last word ends the listening. */
async function heardSince(): Promise<string[]> {
  await rows.database.db.query(`select pg_notify('valet_projects', '(end)')`);
  await eventually('the last word', () => heard.at(-1) === '(end)');
  return heard.splice(0).slice(0, -1);
}

async function terminateListener(): Promise<void> {
  await rows.database.db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'valet-listen'`,
  );
}

it('every change of state is heard with the project’s id', async () => {
  expect(await heardSince()).toEqual(['(reset)']);
  const project = await creatingProject(rows, 'demo');
  expect(await heardSince()).toEqual(['demo']);
  const machine = await claimed(rows, project);
  expect(await heardSince()).toEqual([]);
  await rows.projects.activate(guardOf(project), machine.id);
  expect(await heardSince()).toEqual(['demo']);
  const rolledBack = await creatingProject(rows, 'short-lived');
  await rows.projects.rollBack(guardOf(rolledBack), 'why');
  expect(await heardSince()).toEqual(['short-lived', 'short-lived']);
});

it('the way to sleep is heard step by step: begun, wanted, cancelled, or committed', async () => {
  await rows.archiving.beginCancel((await archivingProject(rows, 'cancelled')).guard, 'why');
  const { project, guard, proven } = await archivingProject(rows, 'sleepy');
  await heardSince();
  await rows.archiving.requestWake('cancelled');
  await rows.archiving.commit(guard, project, proven, keepVolumeSecs);
  expect(await heardSince()).toEqual(['cancelled', 'sleepy']);
});

it('a renewed deadline, a touch and a report of use are no news', async () => {
  const creating = await creatingProject(rows, 'creating');
  const active = await activeProject(rows, 'active');
  await heardSince();
  expect(await rows.projects.renew(guardOf(creating))).toBe('owned');
  expect(await rows.routes.touch(active.id, active.epoch)).toBe(true);
  expect(await rows.routes.reportUse(active.id)).toBe(true);
  await rows.routes.touchAll([active]);
  await rows.machines.observed(present(active.machine_id), 'suspended');
  expect(await heardSince()).toEqual([]);
});

it('a machine’s new state is heard by those who wait for machines', async () => {
  const states: string[] = [];
  const stop = news.onMachine((state) => states.push(state));
  const project = await creatingProject(rows, 'demo');
  await claimed(rows, project);
  await rows.projects.rollBack(guardOf(project), 'why');
  await heardSince();
  expect(states).toEqual(['ready', 'assigned', 'retiring']);
  stop();
  await claimed(rows, await creatingProject(rows, 'other'));
  await heardSince();
  expect(states).toHaveLength(3);
});

it('G8: whoever loses its connection is unhealthy until it listens again, and then starts afresh', async () => {
  expect(news.healthy).toBe(true);
  await heardSince();
  const healthyAtReset: boolean[] = [];
  news.subscribe({ changed: () => undefined, reset: () => healthyAtReset.push(news.healthy) });
  await terminateListener();
  await eventually('it notices', () => !news.healthy);
  expect(heard).toEqual([]);
  await eventually('it listens again', () => news.healthy);
  expect(healthyAtReset).toEqual([true]);
  await creatingProject(rows, 'demo');
  expect(await heardSince()).toEqual(['(reset)', 'demo']);
});

it('who has unsubscribed hears nothing, and a closed listener is not healthy and leaves no connection', async () => {
  const gone: string[] = [];
  const stop = news.subscribe({ changed: (id) => gone.push(id), reset: () => undefined });
  await heardSince();
  stop();
  await creatingProject(rows, 'demo');
  expect(await heardSince()).toEqual(['demo']);
  expect(gone).toEqual(['(end)']);
  await news[Symbol.asyncDispose]();
  await news[Symbol.asyncDispose]();
  expect(news.healthy).toBe(false);
  await eventually('the backend is gone', async () => {
    const left = await rows.database.db.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'valet-listen'`,
    );
    return left.length === 0;
  });
});

it('listening to a database that is away fails and leaves nothing behind', async () => {
  await using deaf = new Notifications('postgres://nobody@127.0.0.1:1/none');
  await expect(deaf.open()).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(deaf.healthy).toBe(false);
});
