import { expect } from 'vitest';
import { callApi } from '../../support/contract/caller.js';
import type { Scenario } from '../scenario.js';
import { machineOf, machineOrder, restingMachine } from '../steps/machines.js';
import { refusal, shown } from '../steps/replies.js';

const unknownMachine = '00000000000000';

/** Who may not ask, and what is not there. */
export const refusalScenarios: readonly Scenario[] = [
  {
    title: 'a bad token, and none at all, are refused with 401',
    needs: 'any',
    covers: ['1.2/401-token'],
    async run(stage) {
      const bad = { url: stage.recorder.url, token: 'not-a-token' };
      const reply = await callApi(bad, 'GET', `/apps/${stage.app}/machines`);
      refusal(reply, 401, /token/i);
      const none = await stage.call('GET', '/machines', undefined, { authorization: '' });
      refusal(none, 401);
    },
  },
  {
    title: 'every answer carries a request id',
    needs: 'any',
    covers: ['1.2/error-shape'],
    async run(stage) {
      const found = await stage.call('GET', '/machines?summary=true');
      const missing = await stage.call('GET', `/machines/${unknownMachine}`);
      for (const reply of [found, missing]) {
        expect(reply.headers.get('fly-request-id'), shown(reply)).toMatch(/\w+/);
        expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
      }
    },
  },
  {
    title: 'a write may set a cookie that leads the reads after it',
    needs: 'any',
    covers: ['9/affinity-cookie'],
    async run(stage) {
      const order = machineOrder(stage, {}, { name: stage.name('sticky'), skip_launch: true });
      const reply = await stage.call('POST', '/machines', order);
      const { id } = machineOf(reply);
      const [cookie] = reply.headers.getSetCookie();
      stage.onSeen('9/affinity-cookie', cookie === undefined ? 'missing' : 'sent');
      const sent = cookie?.split(';')[0];
      machineOf(await stage.call('GET', `/machines/${id}`, undefined, sent === undefined ? {} : { cookie: sent }));
    },
  },
  {
    title: 'what is not there is 404: app, machine, volume, metadata key, lease',
    needs: 'any',
    covers: ['1.2/404-unknown', '1.2/error-shape', '7.4'],
    async run(stage) {
      const made = await restingMachine(stage, 'bare');
      refusal(await stage.root('GET', `/apps/${stage.name('no-app')}`), 404);
      const machineCalls = [
        ['GET', ''],
        ['DELETE', '?force=true'],
        ['POST', '/start'],
        ['POST', '/stop'],
        ['POST', '/suspend'],
        ['GET', '/wait?timeout=1'],
        ['GET', '/events'],
        ['GET', '/metadata'],
        ['GET', '/lease'],
      ] as const;
      for (const [method, path] of machineCalls) {
        refusal(await stage.call(method, `/machines/${unknownMachine}${path}`), 404);
      }
      refusal(await stage.call('GET', '/volumes/vol_0000000000000000'), 404);
      refusal(await stage.call('DELETE', '/volumes/vol_0000000000000000'), 404);
      refusal(await stage.call('GET', `/machines/${made.id}/metadata/no_such_key`), 404);
      refusal(await stage.call('GET', `/machines/${made.id}/lease`), 404, /lease not found/);
    },
  },
];
