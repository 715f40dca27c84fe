import { describe, expect, it } from 'vitest';
import { Affinity } from '../../../src/sdk/fly/affinity.js';
import { flyClientOf, flyMachine, machineOrder, refused } from '../../support/fly-answers.js';
import { startScriptedServer } from '../../support/scripted-server.js';

const app = '/v1/apps/demo-app';

describe('the affinity cookie', () => {
  it('leads reads to where the write went, within its path', async () => {
    await using server = await startScriptedServer(({ method }) => ({
      status: 200,
      body: flyMachine(),
      headers: method === 'POST' ? { 'set-cookie': `fly_flaps_affinity=node-7; Path=${app}; HttpOnly` } : {},
    }));
    await using client = flyClientOf(server);
    const before = await client.fly.getMachine('m1');
    await client.fly.createMachine(machineOrder);
    await client.fly.getMachine(before.id);
    await client.fly.listRegions();
    expect(server.seen.map(({ headers }) => headers.cookie)).toEqual([
      undefined,
      undefined,
      'fly_flaps_affinity=node-7',
      undefined,
    ]);
  });

  it('is the newest one, until it is taken back', () => {
    const affinity = new Affinity();
    affinity.note({ 'set-cookie': ['other=1', 'fly_flaps_affinity=a; path=/', 'fly_flaps_affinity=b; path=/'] }, app);
    expect(affinity.headersFor('/v1/platform/regions')).toEqual({ cookie: 'fly_flaps_affinity=b' });
    affinity.note({}, app);
    expect(affinity.headersFor(app)).toEqual({ cookie: 'fly_flaps_affinity=b' });
    affinity.note({ 'set-cookie': ['fly_flaps_affinity=b; Path=/; Max-Age=0'] }, app);
    expect(affinity.headersFor(app)).toEqual({});
  });

  it('is forgotten when the node to which it leads is broken', async () => {
    await using server = await startScriptedServer((_, number) => {
      if (number === 2) return refused(503, 'away');
      const headers = { 'set-cookie': `fly_flaps_affinity=node-${number}; Path=/` };
      return number === 4 ? 'drop' : { status: 200, body: flyMachine(), headers };
    });
    await using client = flyClientOf(server);
    for (let call = 1; call <= 3; call++) await client.fly.getMachine('m1');
    const cookies = server.seen.map(({ headers }) => headers.cookie?.split('=')[1]);
    expect(cookies).toEqual([undefined, 'node-1', undefined, 'node-3', undefined]);
  });

  it('goes to no address that only begins alike', () => {
    const affinity = new Affinity();
    affinity.note({ 'set-cookie': [`fly_flaps_affinity=a; Path=${app}`] }, '/');
    expect(affinity.headersFor(`${app}-2/machines`)).toEqual({});
    expect(affinity.headersFor(`${app}/machines`)).not.toEqual({});
  });

  it('is not kept when it is too long, and no other cookie ever is', () => {
    const affinity = new Affinity();
    affinity.note({ 'set-cookie': [`fly_flaps_affinity=${'x'.repeat(2_000)}; Path=/`, 'session=1; Path=/'] }, app);
    expect(affinity.headersFor(app)).toEqual({});
  });
});
