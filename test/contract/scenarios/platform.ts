import { expect } from 'vitest';
import { z } from 'zod';
import type { Scenario } from '../scenario.js';
import { machineOrder } from '../steps/machines.js';
import { expectOk, shown } from '../steps/replies.js';
import { until } from '../steps/until.js';

/** What is told of the organisation and of the whole platform. */
export const platformScenarios: readonly Scenario[] = [
  {
    title: 'the organisation’s machines and volumes are listed, a page at a time',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const names = [stage.name('page-1'), stage.name('page-2')];
      for (const name of names) {
        expectOk(await stage.call('POST', '/machines', machineOrder(stage, {}, { name, skip_launch: true })));
      }
      const path = `/orgs/${stage.org}/machines`;
      await until(
        stage,
        () => stage.root('GET', path),
        ({ body }) => names.every((name) => JSON.stringify(body).includes(name)),
      );
      const page = await stage.root('GET', `${path}?limit=1`);
      expect(page.status, shown(page)).toBe(200);
      const { next_cursor: cursor = '' } = z.looseObject({ next_cursor: z.string().optional() }).parse(page.body);
      if (cursor !== '') expectOk(await stage.root('GET', `${path}?limit=1&cursor=${encodeURIComponent(cursor)}`));
      expectOk(await stage.root('GET', `/orgs/${stage.org}/volumes?summary=true`));
    },
  },
  {
    title: 'regions are told, with keys in capitals or small letters',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const reply = await stage.root('GET', '/platform/regions');
      expect(reply.status, shown(reply)).toBe(200);
      stage.onSeen('region keys', Object.keys(Object(reply.body)).join(', '));
      expect(JSON.stringify(reply.body)).toContain(`"code":"${stage.region}"`);
    },
  },
  {
    title: 'placements hint at where there is room',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const body = {
        org_slug: stage.org,
        region: `${stage.region},any`,
        count: 2,
        compute: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
      };
      const reply = await stage.root('POST', '/platform/placements', body);
      expect(reply.status, shown(reply)).toBe(200);
    },
  },
];
