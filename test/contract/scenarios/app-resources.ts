import { expect } from 'vitest';
import { z } from 'zod';
import { callApi, type Reply } from '../../support/contract/caller.js';
import type { Scenario } from '../scenario.js';
import { createApp } from '../steps/apps.js';
import { expectOk, refusal, shown } from '../steps/replies.js';

/** What belongs to an app besides its machines and volumes. */
export const appResourceScenarios: readonly Scenario[] = [
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
      expect(await stage.root('GET', `${path}/THREE`)).toMatchObject({ status: 200, body: { name: 'THREE' } });
      expect(JSON.stringify(listed.body)).not.toMatch(/first|second|third/);
      expectOk(await stage.root('DELETE', `${path}/ONE`));
      expectOk(await stage.root('POST', path, { values: { TWO: null } }));
      expect(namesOf(await stage.root('GET', path))).toEqual(['THREE']);
    },
  },
  {
    title: 'a network policy is kept until it is deleted',
    needs: 'organisation',
    covers: ['7.1'],
    async run(stage) {
      const name = await createApp(stage, 'fenced');
      const path = `/apps/${name}/network_policies`;
      const ports = [{ protocol: 'tcp', port: 8080 }];
      const rules = [{ action: 'allow', direction: 'ingress', ports }];
      const made = await stage.root('POST', path, { name: 'only-http', selector: { all: true }, rules });
      expect(made.status, shown(made)).toBe(200);
      const [policy] = policies.parse((await stage.root('GET', path)).body);
      expect(policy).toMatchObject({ name: 'only-http', rules });
      expectOk(await stage.root('DELETE', `${path}/${policy?.id}`));
      expect(policies.parse((await stage.root('GET', path)).body)).toEqual([]);
    },
  },
];

const policies = z.array(z.looseObject({ id: z.string(), name: z.string() }));

const versioned = z.looseObject({ version: z.number().optional(), Version: z.number().optional() });

function versionOf(reply: Reply): number {
  const { version, Version } = versioned.parse(reply.body);
  return version ?? Version ?? Number.NaN;
}

function namesOf(reply: Reply): readonly string[] {
  const { secrets } = z.looseObject({ secrets: z.array(z.looseObject({ name: z.string() })) }).parse(reply.body);
  return secrets.map(({ name }) => name).toSorted();
}
