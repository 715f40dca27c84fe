import { expect } from 'vitest';
import type { Scenario } from '../scenario.js';
import { holding, lease } from '../steps/leases.js';
import { getMachine, machineOf, machineOrder, reach, restingMachine, startMachine } from '../steps/machines.js';
import { expectOk, refusal } from '../steps/replies.js';

const held = /^aborted: machine ID .* lease currently held by .*, expires at \d{4}-\d\d-\d\dT/;

export const leaseScenarios: readonly Scenario[] = [
  {
    title: 'a lease comes in its envelope with 201, is shown, refreshed and released',
    needs: 'any',
    covers: ['7.6'],
    async run(stage) {
      const made = await restingMachine(stage, 'leased');
      const path = `/machines/${made.id}/lease`;
      const reply = await stage.call('POST', path, { ttl: 30, description: 'contract' });
      expect(reply).toMatchObject({ status: 201, body: { status: 'success', data: { description: 'contract' } } });
      const again = await stage.call('GET', path);
      expect(again).toMatchObject({ status: 200, body: { status: 'success' } });
      const { nonce } = await lease(stage, made.id, { ttl: 60 }, holding(nonceOf(reply.body)));
      refusal(await stage.call('POST', path, { ttl: 30 }), 409, held);
      const released = await stage.call('DELETE', path, undefined, holding(nonce));
      expect(released).toMatchObject({ status: 200, body: { status: 'success' } });
      refusal(await stage.call('GET', path), 404, /lease not found/);
    },
  },
  {
    title: 'while a lease is held every write without its nonce is refused with 409, and nothing happens',
    needs: 'any',
    covers: ['1.2/409-lease', '1.2/text-code', '7.6'],
    async run(stage) {
      const made = await startMachine(stage, 'locked');
      const { nonce } = await lease(stage, made.id, { ttl: 60 });
      const path = `/machines/${made.id}`;
      const writes = [
        ['POST', '', machineOrder(stage)],
        ['POST', '/start', undefined],
        ['POST', '/stop', undefined],
        ['POST', '/suspend', undefined],
        ['POST', '/restart', undefined],
        ['POST', '/cordon', undefined],
        ['POST', '/uncordon', undefined],
        ['POST', '/lease', { ttl: 10 }],
        ['DELETE', '?force=true', undefined],
      ] as const;
      for (const [method, action, body] of writes) refusal(await stage.call(method, path + action, body), 409, held);
      refusal(await stage.call('POST', `${path}/stop`, undefined, holding('0000000000')), 409);
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'started', instance_id: made.instance_id });
      expectOk(await stage.call('POST', `${path}/stop`, undefined, holding(nonce)));
      await reach(stage, made.id, 'stopped');
      expectOk(await stage.call('DELETE', `${path}?force=true`, undefined, holding(nonce)));
    },
  },
  {
    title: 'a lease may be taken by the query, as the vendor’s own client does',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await restingMachine(stage, 'queried');
      const reply = await stage.call('POST', `/machines/${made.id}/lease?ttl=20`);
      expect(reply).toMatchObject({ status: 201, body: { status: 'success' } });
      expect(expiryOf(reply.body) * 1_000 - Date.now()).toBeLessThan(25_000);
    },
  },
  {
    title: 'a create with lease_ttl hands over the nonce',
    needs: 'any',
    covers: ['7.6'],
    async run(stage) {
      const made = await restingMachine(stage, 'born-leased', {}, { lease_ttl: 30 });
      expect(made.nonce).toMatch(/.+/);
      refusal(await stage.call('POST', `/machines/${made.id}/start`), 409, held);
      expectOk(await stage.call('DELETE', `/machines/${made.id}/lease`, undefined, holding(made.nonce ?? '')));
      machineOf(await stage.call('GET', `/machines/${made.id}`));
    },
  },
  {
    title: 'a lease for which no time was asked lasts for a time that nobody has published',
    needs: 'any',
    covers: ['9/lease-ttl'],
    async run(stage) {
      const made = await restingMachine(stage, 'default');
      const { nonce, expires_at } = await lease(stage, made.id);
      const secs = Math.round(expires_at - Date.now() / 1_000);
      stage.onSeen('9/lease-ttl', `about ${secs} s`);
      expect(secs).toBeGreaterThan(0);
      expectOk(await stage.call('DELETE', `/machines/${made.id}/lease`, undefined, holding(nonce)));
    },
  },
  {
    title: 'a lease ends by itself when its time is over',
    needs: 'emulator',
    covers: ['7.6'],
    async run(stage) {
      const made = await restingMachine(stage, 'lapsing');
      await lease(stage, made.id, { ttl: 60 });
      await stage.emulator.clock.advance(59_000);
      refusal(await stage.call('POST', `/machines/${made.id}/cordon`), 409, held);
      await stage.emulator.clock.advance(2_000);
      refusal(await stage.call('GET', `/machines/${made.id}/lease`), 404);
      expectOk(await stage.call('POST', `/machines/${made.id}/cordon`));
    },
  },
];

function nonceOf(body: unknown): string {
  return String(Object(Object(body).data).nonce);
}

function expiryOf(body: unknown): number {
  return Number(Object(Object(body).data).expires_at);
}
