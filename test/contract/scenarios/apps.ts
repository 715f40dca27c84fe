import { expect } from 'vitest';
import { z } from 'zod';
import { callApi, type Reply } from '../../support/contract/caller.js';
import type { Stage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { expectOk, machineOrder, refusal, shown, until } from '../steps.js';

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
  {
    title: 'a deploy token is for its own app; for another, and for the organisation, it is 403',
    needs: 'organisation',
    covers: ['1.2/403-other-app', '1.2/400-no-body'],
    async run(stage) {
      const name = await createApp(stage, 'guarded');
      refusal(await stage.odd('POST', '/deploy_token'), 400, /EOF/);
      const minted = await stage.root('POST', `/apps/${name}/deploy_token`, { expiry: '1h' });
      expect(minted.status, shown(minted)).toBe(200);
      const access = { url: stage.recorder.url, token: z.looseObject({ token: z.string() }).parse(minted.body).token };
      expectOk(await callApi(access, 'GET', `/apps/${name}/machines`));
      refusal(await callApi(access, 'GET', `/apps/${stage.app}/machines`), 403, /unauthorized/);
      const body = { app_name: stage.name('not-allowed'), org_slug: stage.org };
      refusal(await callApi(access, 'POST', '/apps', body), 403, /unauthorized/);
      expectOk(await callApi(access, 'POST', `/apps/${name}/deploy_token`, { expiry: '1h' }));
    },
  },
  {
    title: 'an app that the API made has no address until one is assigned',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const name = await createApp(stage, 'addressed');
      const path = `/apps/${name}/ip_assignments`;
      expect(await stage.root('GET', path)).toMatchObject({ status: 200, body: { ips: [] } });
      const made = await stage.root('POST', path, { type: 'private_v6' });
      expect(made, shown(made)).toMatchObject({ status: 200, body: { ip: expect.stringMatching(/^fdaa:/) } });
      const { ip } = z.looseObject({ ip: z.string() }).parse(made.body);
      expect((await stage.root('GET', path)).body).toMatchObject({ ips: [{ ip }] });
      expect((await stage.root('DELETE', `${path}/${encodeURIComponent(ip)}`)).status).toBe(204);
      expect((await stage.root('GET', path)).body).toMatchObject({ ips: [] });
    },
  },
  {
    title: 'secrets are set, listed without their values, and removed, each with a version',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const name = await createApp(stage, 'secretive');
      const path = `/apps/${name}/secrets`;
      const bulk = await stage.root('POST', path, { values: { ONE: 'first', TWO: 'second' } });
      expect(bulk.status, shown(bulk)).toBe(200);
      const single = await stage.root('POST', `${path}/THREE`, { value: 'third' });
      expect(single, shown(single)).toMatchObject({ status: 201 });
      expect(versionOf(single)).toBeGreaterThan(versionOf(bulk));
      const listed = await stage.root('GET', path);
      expect(namesOf(listed)).toEqual(['ONE', 'THREE', 'TWO']);
      expect(JSON.stringify(listed.body)).not.toMatch(/first|second|third/);
      expectOk(await stage.root('DELETE', `${path}/ONE`));
      expectOk(await stage.root('POST', path, { values: { TWO: null } }));
      expect(namesOf(await stage.root('GET', path))).toEqual(['THREE']);
    },
  },
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

async function createApp(stage: Stage, label: string, fields: object = {}): Promise<string> {
  const name = stage.name(label);
  const reply = await stage.root('POST', '/apps', { app_name: name, org_slug: stage.org, ...fields });
  expect(reply.status, shown(reply)).toBe(201);
  await until(
    stage,
    () => stage.root('GET', `/apps/${name}`),
    ({ status }) => status === 200,
  );
  return name;
}

/** The docs say 422, one operator saw 409; newer revisions name the reason. */
async function expectTaken(stage: Stage, body: object): Promise<void> {
  const reply = await stage.root('POST', '/apps', body);
  const { error, status } = refusal(reply, [409, 422]);
  stage.onSeen('app name taken', `${reply.status} ${status ?? 'without status'}`);
  if (status === undefined) expect(error).toMatch(/taken|uniqueness/);
  else expect(status).toBe('name_taken');
}

const versioned = z.looseObject({ version: z.number().optional(), Version: z.number().optional() });

function versionOf(reply: Reply): number {
  const { version, Version } = versioned.parse(reply.body);
  return version ?? Version ?? Number.NaN;
}

function namesOf(reply: Reply): readonly string[] {
  const { secrets } = z.looseObject({ secrets: z.array(z.looseObject({ name: z.string() })) }).parse(reply.body);
  return secrets.map(({ name }) => name).toSorted();
}
