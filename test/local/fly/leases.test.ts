import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FlyEmulator } from '../../../src/local/fly/emulator.js';
import { callFly, type FlyReply, withFlyEmulator } from '../../support/fly-emulator.js';
import { machineRequest, reach, startedMachine, tell } from '../../support/fly-machines.js';

const envelope = z.object({
  status: z.literal('success'),
  data: z.object({
    nonce: z.string(),
    expires_at: z.int(),
    owner: z.string(),
    description: z.string(),
    version: z.string(),
  }),
});

type Lease = z.infer<typeof envelope>['data'];

describe('a lease', () => {
  it('comes in an envelope with its end in seconds, and is shown until then', async () => {
    await using fly = await withFlyEmulator();
    fly.clock.hold();
    const { id, instance_id } = await skippedMachine(fly);
    const lease = await takeLease(fly, id, '?ttl=30', { description: 'a deploy' });
    expect(lease).toMatchObject({ description: 'a deploy', version: instance_id });
    expect(lease.owner).toMatch(/^[0-9a-f]{32}@tokens\.fly\.io$/);
    expect(lease.expires_at).toBe(Math.floor(fly.clock.nowMs() / 1000) + 30);
    expect((await callFly(fly, 'GET', `/machines/${id}/lease`)).body).toMatchObject({ data: lease });
    await fly.clock.advance(30_000);
    expect(await callFly(fly, 'GET', `/machines/${id}/lease`)).toMatchObject({
      status: 404,
      body: { error: 'lease not found' },
    });
  });

  it('takes its time from the query, the body, or what none was asked for', async () => {
    await using fly = await withFlyEmulator({ unconfirmed: { leaseTtlSecs: 7 } });
    fly.clock.hold();
    const now = Math.floor(fly.clock.nowMs() / 1000);
    const ends = [];
    for (const [query, body] of [['?ttl=10'], ['', { ttl: 20 }], ['']] as const) {
      const { id } = await skippedMachine(fly);
      ends.push((await takeLease(fly, id, query, body)).expires_at - now);
    }
    expect(ends).toEqual([10, 20, 7]);
    const { id } = await skippedMachine(fly);
    for (const ttl of ['-1', 'long', '99999999999']) {
      expect((await callFly(fly, 'POST', `/machines/${id}/lease?ttl=${ttl}`)).status, ttl).toBe(400);
    }
  });

  it('bars every write without its nonce, in the words of Fly, and a read or exec never', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const { nonce, owner } = await takeLease(fly, id, '?ttl=300');
    const error = expect.stringMatching(
      `^aborted: machine ID ${id} lease currently held by ${owner}, expires at \\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z$`,
    );
    for (const [method, path, body] of writes(id)) {
      for (const headers of [{}, { 'fly-machine-lease-nonce': 'wrong' }]) {
        const reply = await callFly(fly, method, path, body, headers);
        expect(reply, `${method} ${path}`).toMatchObject({ status: 409, body: { error } });
      }
    }
    expect((await callFly(fly, 'GET', `/machines/${id}`)).status).toBe(200);
    expect((await callFly(fly, 'POST', `/machines/${id}/exec`, { command: ['true'] })).status).toBe(200);
    expect((await withNonce(fly, nonce, 'POST', `/machines/${id}/cordon`)).status).toBe(200);
    expect((await withNonce(fly, nonce, 'POST', `/machines/${id}/stop`)).status).toBe(200);
    await reach(fly, id, 'stopped');
  });

  it('can leave alone what the vendor has no nonce for', async () => {
    await using fly = await withFlyEmulator({ unconfirmed: { leaseBars: 'lifecycle' } });
    const { id } = await startedMachine(fly);
    await takeLease(fly, id);
    expect((await callFly(fly, 'POST', `/machines/${id}/metadata/a`, { value: '1' })).status).toBe(204);
    expect((await callFly(fly, 'POST', `/machines/${id}/signal`, { signal: 'SIGHUP' })).status).toBe(200);
    expect((await callFly(fly, 'POST', `/machines/${id}/stop`)).status).toBe(409);
  });

  it('is renewed by its nonce and nobody else, and given back by it', async () => {
    await using fly = await withFlyEmulator();
    fly.clock.hold();
    const { id } = await skippedMachine(fly);
    const lease = await takeLease(fly, id, '?ttl=10');
    await fly.clock.advance(5000);
    const renewed = await withNonce(fly, lease.nonce, 'POST', `/machines/${id}/lease?ttl=10`);
    expect(envelope.parse(renewed.body).data).toMatchObject({ nonce: lease.nonce, expires_at: lease.expires_at + 5 });
    expect((await callFly(fly, 'DELETE', `/machines/${id}/lease`)).status).toBe(409);
    expect(await withNonce(fly, lease.nonce, 'DELETE', `/machines/${id}/lease`)).toMatchObject({
      status: 200,
      body: { status: 'success', data: { ok: true } },
    });
    expect((await callFly(fly, 'DELETE', `/machines/${id}/lease`)).status).toBe(404);
  });

  it('ends by itself, and then anybody may write again', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    await takeLease(fly, id, '?ttl=60');
    expect((await callFly(fly, 'POST', `/machines/${id}/stop`)).status).toBe(409);
    await fly.clock.advance(60_000);
    await tell(fly, id, 'stop');
  });

  it('can come with a create or an update, which tell the nonce this once', async () => {
    await using fly = await withFlyEmulator();
    const created = await callFly(fly, 'POST', '/machines', machineRequest({}, { lease_ttl: 60 }));
    const { id, nonce } = z.object({ id: z.string(), nonce: z.string() }).parse(created.body);
    await reach(fly, id, 'started');
    expect((await callFly(fly, 'GET', `/machines/${id}`)).body).not.toHaveProperty('nonce');
    const again = { ...machineRequest(), lease_ttl: 120 };
    expect((await callFly(fly, 'POST', `/machines/${id}`, again)).status).toBe(409);
    expect((await withNonce(fly, nonce, 'POST', `/machines/${id}`, again)).body).toMatchObject({ nonce });
  });

  it('is shown with a machine only to who asks for it', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const { nonce, owner } = await takeLease(fly, id);
    expect((await callFly(fly, 'GET', `/machines/${id}`)).body).not.toHaveProperty('lease');
    const lease = { nonce, owner };
    expect((await callFly(fly, 'GET', `/machines/${id}?include_leases=true`)).body).toMatchObject({ lease });
    expect((await callFly(fly, 'GET', '/machines?include_leases=true')).body).toMatchObject([{ lease }]);
  });

  it('keeps the proxy from waking the machine and from putting it to sleep', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const hosted = fly.machines.find(fly.app, id);
    const { nonce } = await takeLease(fly, id);
    await expect(hosted?.autostop('stop')).rejects.toThrow('lease currently held by');
    await withNonce(fly, nonce, 'POST', `/machines/${id}/stop`);
    await reach(fly, id, 'stopped');
    await expect(hosted?.start('proxy')).rejects.toThrow('lease currently held by');
    await withNonce(fly, nonce, 'DELETE', `/machines/${id}/lease`);
    await hosted?.start('proxy');
    expect(hosted?.state).toBe('started');
  });

  it('ends with its machine', async () => {
    await using fly = await withFlyEmulator({ timings: { destroyLingerMs: 60_000 } });
    const { id } = await startedMachine(fly);
    const { nonce } = await takeLease(fly, id);
    expect((await callFly(fly, 'DELETE', `/machines/${id}?force=true`)).status).toBe(409);
    expect((await withNonce(fly, nonce, 'DELETE', `/machines/${id}?force=true`)).status).toBe(200);
    await reach(fly, id, 'destroyed');
    expect((await callFly(fly, 'GET', `/machines/${id}/lease`)).status).toBe(404);
  });
});

function writes(id: string): readonly (readonly [method: string, path: string, body?: unknown])[] {
  const machine = `/machines/${id}`;
  return [
    ['POST', machine, machineRequest()],
    ['DELETE', `${machine}?force=true`],
    ...['start', 'stop', 'suspend', 'restart', 'cordon', 'uncordon', 'lease'].map(
      (action) => ['POST', `${machine}/${action}`] as const,
    ),
    ['POST', `${machine}/signal`, { signal: 'SIGHUP' }],
    ['PUT', `${machine}/metadata`, { metadata: {} }],
    ['PATCH', `${machine}/metadata`, { metadata: {} }],
    ['POST', `${machine}/metadata/a`, { value: '1' }],
    ['DELETE', `${machine}/metadata/a`],
    ['PUT', `${machine}/memory`, { limit_mb: 128 }],
    ['POST', `${machine}/memory/reclaim`, { amount_mb: 1 }],
  ];
}

/** A machine without any work under way, so that a held clock does not matter to it. */
async function skippedMachine(fly: FlyEmulator): Promise<{ id: string; instance_id: string }> {
  const { body } = await callFly(fly, 'POST', '/machines', machineRequest({}, { skip_launch: true }));
  return z.object({ id: z.string(), instance_id: z.string() }).parse(body);
}

async function takeLease(fly: FlyEmulator, id: string, query = '', body?: unknown): Promise<Lease> {
  const reply = await callFly(fly, 'POST', `/machines/${id}/lease${query}`, body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return envelope.parse(reply.body).data;
}

function withNonce(fly: FlyEmulator, nonce: string, method: string, path: string, body?: unknown): Promise<FlyReply> {
  return callFly(fly, method, path, body, { 'fly-machine-lease-nonce': nonce });
}
