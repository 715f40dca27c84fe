import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { DirectSession } from '../../../src/sdk/database/direct-session.js';
import { AdvisoryLocks } from '../../../src/sdk/database/locks.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { eventually } from '../../support/rows.js';

let database: TestDatabase;
let first: AdvisoryLocks;
let second: AdvisoryLocks;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => {
  first = new AdvisoryLocks(database.url);
  second = new AdvisoryLocks(database.url);
});
afterEach(async () => {
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** A task that runs until it is let go or aborted. */
function longTask() {
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const run = async (signal: AbortSignal) => {
    begun.resolve();
    signal.addEventListener('abort', () => released.resolve());
    await released.promise;
    return signal.aborted;
  };
  return { begun: begun.promise, release: () => released.resolve(), run };
}

async function terminateHolders(): Promise<void> {
  await database.db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'valet-locks'`,
  );
}

const quick = async () => 'done';

it('a lock that another instance holds is skipped at once, and so is one that this instance holds', async () => {
  const task = longTask();
  const running = first.tryRun(100, task.run);
  await task.begun;
  expect(await second.tryRun(100, quick)).toEqual({ held: true });
  expect(await first.tryRun(100, quick)).toEqual({ held: true });
  expect(await second.tryRun(101, quick)).toEqual({ held: false, result: 'done' });
  task.release();
  expect(await running).toEqual({ held: false, result: false });
  expect(await second.tryRun(100, quick)).toEqual({ held: false, result: 'done' });
});

it('a lock is given back when its task fails, and the failure is the caller’s to see', async () => {
  const failing = first.tryRun(100, async () => {
    throw new Error('the task failed');
  });
  await expect(failing).rejects.toThrow('the task failed');
  expect(await second.tryRun(100, quick)).toEqual({ held: false, result: 'done' });
});

it('of two instances that ask at the same time, one runs', async () => {
  for (let round = 0; round < 10; round++) {
    const task = longTask();
    const both = [first, second].map((locks) => locks.tryRun(100, task.run));
    expect(await Promise.race(both)).toEqual({ held: true });
    task.release();
    expect(await Promise.all(both)).toContainEqual({ held: false, result: false });
  }
});

it('G8: when the holder’s connection is lost its task is aborted and the lock is another’s', async () => {
  const task = longTask();
  const running = first.tryRun(100, task.run);
  await task.begun;
  await terminateHolders();
  expect(await running).toEqual({ held: false, result: true });
  await eventually('the lock is free', async () => !(await second.tryRun(100, quick)).held);
  expect(await first.tryRun(100, quick), 'the first has a new connection').toEqual({ held: false, result: 'done' });
});

it('an instance knows which locks it holds, and forgets one at the moment it is lost', async () => {
  const task = longTask();
  const running = first.tryRun(100, async (signal) => {
    signal.addEventListener('abort', () => heldAtLoss.push(...first.held));
    return task.run(signal);
  });
  const heldAtLoss: number[] = [];
  await task.begun;
  await second.tryRun(100, quick);
  expect([[...first.held], [...second.held]]).toEqual([[100], []]);
  await terminateHolders();
  await running;
  expect(heldAtLoss).toEqual([]);
  await first.tryRun(100, quick);
  expect([...first.held]).toEqual([]);
});

it('the caller’s signal aborts the task, and the lock is free afterwards', async () => {
  const task = longTask();
  const caller = new AbortController();
  const running = first.tryRun(100, task.run, caller.signal);
  await task.begun;
  caller.abort();
  expect(await running).toEqual({ held: false, result: true });
  expect(await second.tryRun(100, quick)).toEqual({ held: false, result: 'done' });
});

it('closing aborts what runs, twice does no harm, and no connection is left', async () => {
  const task = longTask();
  const running = first.tryRun(100, task.run);
  await task.begun;
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  expect(await running).toEqual({ held: false, result: true });
  await eventually('no backend is left', async () => {
    const left = await database.db.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'valet-locks'`,
    );
    return left.length === 0;
  });
});

it('all that one instance asks for at once shares one connection', async () => {
  const tasks = [100, 101, 102, 103].map((lock) => ({ lock, ...longTask() }));
  const running = tasks.map((task) => first.tryRun(task.lock, task.run));
  await Promise.all(tasks.map((task) => task.begun));
  const holders = await database.db.query(
    `select 1 from pg_stat_activity where datname = current_database() and application_name = 'valet-locks'`,
  );
  expect(holders).toHaveLength(1);
  for (const task of tasks) task.release();
  await Promise.all(running);
});

it('a lock that cannot be asked for is an error, not a licence to run', async () => {
  await using away = new AdvisoryLocks('postgres://nobody@127.0.0.1:1/none');
  let ran = false;
  const asking = away.tryRun(100, async () => {
    ran = true;
  });
  await expect(asking).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(ran).toBe(false);
});

it('PostgreSQL ends a direct session that has been silent for 15 seconds', async () => {
  await using session = await DirectSession.open(database.url, 'valet-test');
  expect(await session.query('show idle_session_timeout')).toEqual([{ idle_session_timeout: '15s' }]);
});

it('a direct session says that it is lost, and answers nothing from then on', async () => {
  await using session = await DirectSession.open(database.url, 'valet-locks');
  expect(session.lost.aborted).toBe(false);
  await terminateHolders();
  await eventually('it notices', () => session.lost.aborted);
  await expect(session.query('select 1')).rejects.toMatchObject({ code: 'database_unavailable' });
});
