import { expect } from 'vitest';
import { z } from 'zod';
import type { Scenario } from '../scenario.js';
import { startsOf } from '../steps/events.js';
import { getMachine, reach, restingMachine, startMachine, tell } from '../steps/machines.js';
import { expectOk, refusal, shown } from '../steps/replies.js';
import { until } from '../steps/until.js';

/** What reaches into a running machine. */
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
    title: 'the memory limit of a running machine is set without a restart, and memory is asked back',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await startMachine(stage, 'frugal');
      const path = `/machines/${made.id}/memory`;
      const { limit_mb } = z.looseObject({ limit_mb: z.int() }).parse((await stage.call('GET', path)).body);
      const set = await stage.call('PUT', path, { limit_mb });
      expect(set, shown(set)).toMatchObject({ status: 200, body: { limit_mb } });
      const reclaimed = await stage.call('POST', `${path}/reclaim`, { amount_mb: 1 });
      expect(reclaimed, shown(reclaimed)).toMatchObject({ status: 200, body: { actual_mb: expect.any(Number) } });
      expect((await getMachine(stage, made.id)).instance_id).toBe(made.instance_id);
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
