import { expect } from 'vitest';
import { z } from 'zod';
import type { Stage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { createApp } from '../steps/apps.js';
import { machineOrder } from '../steps/machines.js';
import { expectOk, refusal, shown } from '../steps/replies.js';
import { until } from '../steps/until.js';

/** What only a token of the organisation may do, and the apps that it makes. */
export const appScenarios: readonly Scenario[] = [
  {
    title: 'the app tells its name, organisation and counts',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const reply = await stage.call('GET', '');
      expect(reply, shown(reply)).toMatchObject({ status: 200, body: { name: stage.app } });
    },
  },
  {
    title: 'an app is created by app_name and by name, and its name is taken then',
    needs: 'organisation',
    covers: ['1.2/422-app-name', '1.2/body-status', '9/app-create-name', '7.1'],
    async run(stage) {
      for (const field of ['app_name', 'name']) {
        const body = { [field]: stage.name(field.replace('_', '-')), org_slug: stage.org };
        const reply = await stage.root('POST', '/apps', body);
        stage.onSeen('9/app-create-name', `${field}: ${reply.status}`);
        if (reply.status !== 201) refusal(reply, [400, 422]);
        else await expectTaken(stage, body);
      }
    },
  },
  {
    title: 'an app in an unknown organisation is refused with 400',
    needs: 'organisation',
    covers: ['1.2/400-unknown-org'],
    async run(stage) {
      const body = { app_name: stage.name('lost'), org_slug: 'no-such-organisation-of-ours' };
      refusal(await stage.root('POST', '/apps', body), [400, 404]);
    },
  },
  {
    title: 'an app goes with all that it holds, after a while',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const name = await createApp(stage, 'whole');
      const order = machineOrder(stage, {}, { name: stage.name('inside'), skip_launch: true });
      expectOk(await stage.root('POST', `/apps/${name}/machines`, order));
      const volume = { name: stage.volumeName('inside'), region: stage.region, size_gb: 1 };
      expectOk(await stage.root('POST', `/apps/${name}/volumes`, volume));
      expect((await stage.root('DELETE', `/apps/${name}?force=true`)).status).toBe(202);
      await until(
        stage,
        () => stage.root('GET', `/apps/${name}`),
        ({ status }) => status === 404,
      );
    },
  },
  {
    title: 'the apps of an organisation are listed with their networks',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const name = await createApp(stage, 'listed', { network: stage.name('net') });
      const reply = await until(
        stage,
        () => stage.root('GET', `/apps?org_slug=${stage.org}`),
        ({ body }) => JSON.stringify(body).includes(name),
      );
      const found = z.looseObject({ apps: z.array(z.looseObject({ name: z.string() })) }).parse(reply.body);
      expect(found.apps.find((app) => app.name === name)).toMatchObject({ network: stage.name('net') });
    },
  },
];

/** The docs say 422, one operator saw 409; newer revisions name the reason. */
async function expectTaken(stage: Stage, body: object): Promise<void> {
  const reply = await stage.root('POST', '/apps', body);
  const { error, status } = refusal(reply, [409, 422]);
  stage.onSeen('app name taken', `${reply.status} ${status ?? 'without status'}`);
  if (status === undefined) expect(error).toMatch(/taken|uniqueness/);
  else expect(status).toBe('name_taken');
}
