import { expect } from 'vitest';
import { z } from 'zod';
import type { Scenario } from '../scenario.js';
import { eventsOf } from '../steps/events.js';
import { listedIds, machineOf, machineOrder, reach, restingMachine, startMachine, tell } from '../steps/machines.js';
import { shown } from '../steps/replies.js';
import { until } from '../steps/until.js';

/** What is told of machines. */
export const tellingScenarios: readonly Scenario[] = [
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
];
