import { expect } from 'vitest';
import { z } from 'zod';
import type { Stage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import {
  expectOk,
  getMachine,
  listedIds,
  machineOf,
  machineOrder,
  reach,
  refusal,
  restingMachine,
  shown,
  startMachine,
  tell,
  until,
} from '../steps.js';

const eventsIn = z.array(
  z.looseObject({ type: z.string(), status: z.string(), source: z.string(), timestamp: z.number() }),
);

/** What reaches into a machine, and what is told of it. */
export const runningScenarios: readonly Scenario[] = [
  {
    title: 'a command that fails is a 200 with its exit code',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await startMachine(stage, 'shell');
      const run = (command: readonly string[]) =>
        stage.call('POST', `/machines/${made.id}/exec`, { command, timeout: 10 });
      const good = await run(['echo', 'hello']);
      expect(good, shown(good)).toMatchObject({ status: 200, body: { stdout: 'hello\n' } });
      const bad = await run(['sh', '-c', 'echo oh >&2; exit 3']);
      expect(bad, shown(bad)).toMatchObject({ status: 200, body: { exit_code: 3, stderr: 'oh\n' } });
    },
  },
  {
    title: 'exec on a machine that does not run is refused somehow',
    needs: 'any',
    covers: ['9/exec-not-running'],
    async run(stage) {
      const made = await restingMachine(stage, 'silent');
      const reply = await stage.call('POST', `/machines/${made.id}/exec`, { command: ['true'], timeout: 5 });
      stage.onSeen('9/exec-not-running', String(reply.status));
      expect(reply.status, shown(reply)).toBeGreaterThanOrEqual(400);
    },
  },
  {
    title: 'the processes and the memory of a running machine are told',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await startMachine(stage, 'watched');
      const list = await stage.call('GET', `/machines/${made.id}/ps`);
      expect(list.status, shown(list)).toBe(200);
      expect(Object(list.body).length).toBeGreaterThan(0);
      const memory = await stage.call('GET', `/machines/${made.id}/memory`);
      expect(memory, shown(memory)).toMatchObject({ status: 200, body: { limit_mb: expect.any(Number) } });
    },
  },
  {
    title: 'a signal reaches the program; a name that is none is refused with 400',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await startMachine(stage, 'signalled');
      refusal(await stage.odd('POST', `/machines/${made.id}/signal`, { signal: 'SIGNONE' }), 400);
      await tell(stage, made.id, 'signal', { signal: 'SIGKILL' });
      await reach(stage, made.id, 'stopped');
    },
  },
  {
    title: 'a restart keeps the version and starts the program anew',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await startMachine(stage, 'restarted');
      const before = await startsOf(stage, made.id);
      expectOk(await stage.call('POST', `/machines/${made.id}/restart?timeout=2&signal=SIGTERM`));
      await until(
        stage,
        () => startsOf(stage, made.id),
        (starts) => starts > before,
      );
      await reach(stage, made.id, 'started');
      expect(await getMachine(stage, made.id)).toMatchObject({ instance_id: made.instance_id });
    },
  },
  {
    title: 'a cordon may be repeated and is taken back',
    needs: 'any',
    covers: ['1.2/repeated-commands'],
    async run(stage) {
      const made = await restingMachine(stage, 'cordoned');
      for (const command of ['cordon', 'cordon', 'uncordon', 'uncordon']) await tell(stage, made.id, command);
    },
  },
  {
    title: 'every version keeps the config it was given',
    needs: 'any',
    covers: ['7.2'],
    async run(stage) {
      const made = await restingMachine(stage, 'versioned', { env: { A: '1' } });
      const order = machineOrder(stage, { env: { A: '2' } }, { skip_launch: true });
      const updated = machineOf(await stage.call('POST', `/machines/${made.id}`, order));
      const reply = await stage.call('GET', `/machines/${made.id}/versions`);
      expect(reply.status, shown(reply)).toBe(200);
      const versions = z
        .array(z.looseObject({ version: z.string() }))
        .parse(reply.body)
        .map(({ version }) => version);
      expect(versions).toEqual(expect.arrayContaining([made.instance_id, updated.instance_id]));
    },
  },
  {
    title: 'events tell a machine’s life, newest first, and who did what',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await startMachine(stage, 'told');
      await tell(stage, made.id, 'stop');
      await reach(stage, made.id, 'stopped');
      const events = await eventsOf(stage, made.id);
      const told = events.map(({ type, status }) => `${type}/${status}`).toReversed();
      const expected = ['launch/created', 'start/starting', 'start/started', 'stop/stopping', 'exit/stopped'];
      expect(told.filter((each) => expected.includes(each))).toEqual(expected);
      expect(events.map(({ timestamp }) => timestamp)).toEqual(
        events.map(({ timestamp }) => timestamp).toSorted((a, b) => b - a),
      );
      expect(Object((await stage.call('GET', `/machines/${made.id}/events?limit=2`)).body)).toHaveLength(2);
    },
  },
  {
    title: 'a list is narrowed by state and region, and a summary leaves out what is large',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await restingMachine(stage, 'listed');
      await until(
        stage,
        () => listedIds(stage, `?state=created,stopped&region=${stage.region}`),
        (ids) => ids.includes(made.id),
      );
      expect(await listedIds(stage, '?state=started')).not.toContain(made.id);
      const summary = await stage.call('GET', '/machines?summary=true');
      const found = z
        .array(z.looseObject({ id: z.string() }))
        .parse(summary.body)
        .find(({ id }) => id === made.id);
      expect(found).toBeDefined();
      for (const key of ['config', 'events', 'checks', 'host_status', 'nonce']) expect(found).not.toHaveProperty(key);
    },
  },
  {
    title: 'a machine whose program ends badly is destroyed, if it was asked to be',
    needs: 'any',
    covers: ['7.7'],
    async run(stage) {
      const made = await startMachine(stage, 'fleeting', { auto_destroy: true });
      await tell(stage, made.id, 'signal', { signal: 'SIGKILL' });
      await reach(stage, made.id, 'destroyed');
    },
  },
];

async function eventsOf(stage: Stage, id: string) {
  const reply = await stage.call('GET', `/machines/${id}/events?limit=50`);
  expect(reply.status, shown(reply)).toBe(200);
  return eventsIn.parse(reply.body);
}

async function startsOf(stage: Stage, id: string): Promise<number> {
  return (await eventsOf(stage, id)).filter(({ type, status }) => type === 'start' && status === 'started').length;
}
