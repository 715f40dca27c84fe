import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';

const ipSchema = z.object({ ip: z.string(), region: z.string(), service_name: z.string(), shared: z.boolean() });

async function assigned(fly: TestFlyEmulator, type: string): Promise<z.infer<typeof ipSchema>> {
  // What the vendor's client sends: every field, empty or not.
  const body = { type, region: '', org_slug: '', network: '', service_name: '' };
  const reply = await callFly(fly, 'POST', '/ip_assignments', body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return ipSchema.parse(reply.body);
}

describe('ip assignments', () => {
  it('are of the kind that was asked for, and none are there before', async () => {
    await using fly = await withFlyEmulator();
    expect((await callFly(fly, 'GET', '/ip_assignments')).body).toEqual({ ips: [] });
    expect((await assigned(fly, 'v4')).ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect((await assigned(fly, 'v6')).ip).toMatch(/^2001:/);
    // By this the vendor's client knows Flycast.
    expect((await assigned(fly, 'private_v6')).ip).toMatch(/^fdaa:/);
    expect(await assigned(fly, 'shared_v4')).toMatchObject({ shared: true, region: 'global' });
    const { body } = await callFly(fly, 'GET', '/ip_assignments');
    expect(z.object({ ips: z.array(ipSchema) }).parse(body).ips).toHaveLength(4);
  });

  it('are never the same twice, but for the shared one', async () => {
    await using fly = await withFlyEmulator();
    expect((await assigned(fly, 'v6')).ip).not.toBe((await assigned(fly, 'v6')).ip);
    expect((await assigned(fly, 'shared_v4')).ip).toBe((await assigned(fly, 'shared_v4')).ip);
  });

  it('are given back once', async () => {
    await using fly = await withFlyEmulator();
    const path = `/ip_assignments/${encodeURIComponent((await assigned(fly, 'private_v6')).ip)}`;
    expect((await callFly(fly, 'DELETE', path)).status).toBe(204);
    expect((await callFly(fly, 'DELETE', path)).status).toBe(404);
    expect((await callFly(fly, 'GET', '/ip_assignments')).body).toEqual({ ips: [] });
  });

  it('are refused for kinds, regions and organisations that do not exist', async () => {
    await using fly = await withFlyEmulator();
    for (const body of [{ type: 'v5' }, {}, { type: 'v4', region: 'nowhere' }, { type: 'v4', org_slug: 'nobody' }]) {
      expect((await callFly(fly, 'POST', '/ip_assignments', body)).status, JSON.stringify(body)).toBe(400);
    }
  });
});
