import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import type { RunOutcome } from '../../src/sdk/resources.js';
import type { BackgroundTask } from '../../src/sdk/upkeep/task.js';
import { Loops } from '../../src/server/loops.js';
import { TestClock, until } from '../support/routing.js';
import { TestLocks } from '../support/server.js';

const hourMs = 3_600_000;

function bench(change: Partial<BackgroundTask> = {}) {
  const runs: AbortSignal[] = [];
  let nudge = (): void => undefined;
  const task: BackgroundTask = {
    name: 'tidy',
    lock: 100,
    periodMs: hourMs,
    deadlineMs: hourMs,
    run: async () => null,
    onNudge: (call) => {
      nudge = call;
      return () => {
        nudge = () => undefined;
      };
    },
    ...change,
  };
  const counted = {
    ...task,
    run: (signal: AbortSignal) => {
      runs.push(signal);
      return task.run(signal);
    },
  };
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const locks = new TestLocks();
  const clock = new TestClock();
  const loops = new Loops({ tasks: [counted], locks, log, now: clock.now, random: () => 0.5 });
  const messages = () => logged.map(({ msg }) => msg);
  return {
    runs,
    locks,
    clock,
    loops,
    messages,
    nudge: () => nudge(),
    [Symbol.asyncDispose]: () => loops.stop(1_000),
  };
}

const noRuns = { done: 0, idle: 0, skipped: 0, failed: 0, aborted: 0 };

const endings: readonly (readonly [outcome: RunOutcome, run: BackgroundTask['run']])[] = [
  ['done', async () => 'tidied'],
  ['idle', async () => null],
  ['failed', () => Promise.reject(new Error('no'))],
];

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('a loop', () => {
  it('runs at start and then every period', async () => {
    await using loop = bench({ periodMs: 5 });
    loop.loops.start();
    expect(loop.runs).toHaveLength(1);
    await until('three runs', () => loop.runs.length >= 3);
  });

  it('runs on a nudge', async () => {
    await using loop = bench();
    loop.loops.start();
    await until('the first run to end', () => loop.locks.tries === 1);
    await new Promise((resolve) => setImmediate(resolve));
    loop.nudge();
    await until('a second run', () => loop.runs.length === 2);
  });

  it('makes one run of all nudges that come during a run', async () => {
    const gate = Promise.withResolvers<null>();
    await using loop = bench({ run: () => gate.promise });
    loop.loops.start();
    for (let nudges = 0; nudges < 5; nudges += 1) loop.nudge();
    expect(loop.runs).toHaveLength(1);
    gate.resolve(null);
    await until('the run after', () => loop.runs.length > 1);
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(loop.runs).toHaveLength(2);
  });

  it('skips while another instance holds the lock, and tries again', async () => {
    await using loop = bench({ periodMs: 2 });
    loop.locks.heldElsewhere.add(100);
    loop.loops.start();
    await until('three tries', () => loop.locks.tries >= 3);
    expect(loop.runs).toEqual([]);
    loop.locks.heldElsewhere.clear();
    await until('a run', () => loop.runs.length > 0);
  });

  it('G7: goes on after failures, and logs when they begin and when they end', async () => {
    let failures = 3;
    await using loop = bench({
      periodMs: 1,
      run: async () => {
        failures -= 1;
        if (failures >= 0) throw new ValetError('fly_failed', 'Fly said no.');
        return null;
      },
    });
    loop.loops.start();
    await until('the recovery', () => loop.messages().includes('task recovered'));
    expect(loop.messages()).toEqual(['task failing', 'task recovered']);
  });

  it('looks again when something is due, before its period has ended', async () => {
    await using loop = bench({ dueInMs: async () => 1 });
    loop.loops.start();
    await until('a second run', () => loop.runs.length >= 2);
  });

  it('does not leave what is due to another instance that holds the lock and may have died', async () => {
    await using loop = bench({ dueInMs: async () => 1 });
    loop.locks.heldElsewhere.add(100);
    loop.loops.start();
    await until('it was refused the lock', () => loop.locks.tries === 1);
    loop.locks.heldElsewhere.delete(100);
    await until('it looked again', () => loop.runs.length === 1);
  });

  it('aborts a run that takes longer than its deadline', async () => {
    await using loop = bench({ deadlineMs: 5, run: untilAborted });
    loop.loops.start();
    await until('the abort', () => loop.runs[0]?.aborted === true);
    await until('the failure', () => loop.messages().includes('task failing'));
  });

  it('counts as stuck when its run heeds neither deadline nor abort', async () => {
    const gate = Promise.withResolvers<null>();
    await using loop = bench({ deadlineMs: 60_000, run: () => gate.promise });
    loop.loops.start();
    loop.clock.pass(75);
    expect(loop.loops.stuck).toEqual([]);
    loop.clock.pass(1);
    expect(loop.loops.stuck).toEqual(['tidy']);
    await loop.loops.stop(10);
    expect(loop.messages()).toContain('loops not stopped');
    gate.resolve(null);
  });

  it('counts as stuck soon after its lock was lost, however long it might have run', async () => {
    const gate = Promise.withResolvers<null>();
    await using loop = bench({ run: () => gate.promise });
    loop.loops.start();
    loop.clock.pass(600);
    loop.locks.lose();
    expect(loop.runs[0]?.aborted).toBe(true);
    loop.clock.pass(15);
    expect(loop.loops.stuck).toEqual([]);
    loop.clock.pass(1);
    expect(loop.loops.stuck).toEqual(['tidy']);
    gate.resolve(null);
    await until('it ended after all', () => loop.loops.stuck.length === 0);
  });

  it('remembers its last run, and when the next is due', async () => {
    const gate = Promise.withResolvers<string>();
    await using loop = bench({ run: () => gate.promise });
    const [seen] = loop.loops.all;
    loop.loops.start();
    loop.clock.pass(7);
    expect(seen).toMatchObject({ runningMs: 7_000, nextInMs: undefined, history: { last: undefined } });
    gate.resolve('tidied');
    await until('the run to end', () => seen?.history.last !== undefined);
    await until('the next to be due', () => seen?.nextInMs !== undefined);
    loop.clock.pass(600);
    expect(seen).toMatchObject({
      runningMs: undefined,
      nextInMs: hourMs - 600_000,
      history: { last: { outcome: 'done', tookMs: 7_000 }, runs: { done: 1 }, tookMs: 7_000 },
    });
  });

  it.each(endings)('counts a run as %s', async (outcome, run) => {
    await using loop = bench({ run });
    const [seen] = loop.loops.all;
    loop.loops.start();
    await until('the run to end', () => seen?.history.last !== undefined);
    expect(seen?.history.runs).toEqual({ ...noRuns, [outcome]: 1 });
  });

  it('counts a run as aborted when its lock was lost, and one that another instance does as skipped', async () => {
    await using loop = bench({ run: untilAborted });
    const [seen] = loop.loops.all;
    loop.loops.start();
    loop.locks.lose();
    await until('the abort', () => seen?.history.runs.aborted === 1);
    loop.locks.heldElsewhere.add(100);
    loop.nudge();
    await until('the skip', () => seen?.history.runs.skipped === 1);
    expect(seen?.history).toMatchObject({ last: { outcome: 'aborted' }, runs: { ...noRuns, aborted: 1, skipped: 1 } });
  });

  it('stops by aborting its run, and runs no more', async () => {
    await using loop = bench({ run: untilAborted });
    loop.loops.start();
    await loop.loops.stop(1_000);
    await loop.loops.stop(1_000);
    loop.nudge();
    expect(loop.runs.map((signal) => signal.aborted)).toEqual([true]);
    expect(loop.messages()).toEqual([]);
  });
});
