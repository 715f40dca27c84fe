import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';

const policy = {
  name: 'web-only',
  selector: { all: true },
  rules: [{ action: 'allow', direction: 'egress', ports: [{ protocol: 'tcp', port: 443 }] }],
};

describe('network policies', () => {
  it('are made, replaced by their id, listed and removed', async () => {
    await using fly = await withFlyEmulator();
    const made = await callFly(fly, 'POST', '/network_policies', policy);
    expect(made).toMatchObject({ status: 200, body: { ...policy, id: expect.any(String) } });
    const { id } = z.object({ id: z.string() }).parse(made.body);
    await callFly(fly, 'POST', '/network_policies', { ...policy, id, name: 'renamed' });
    for (const path of ['/network_policies', '/network_policies/']) {
      expect((await callFly(fly, 'GET', path)).body, path).toMatchObject([{ id, name: 'renamed' }]);
    }
    expect((await callFly(fly, 'DELETE', `/network_policies/${id}`)).status).toBe(204);
    expect((await callFly(fly, 'DELETE', `/network_policies/${id}`)).status).toBe(404);
    expect((await callFly(fly, 'GET', '/network_policies')).body).toEqual([]);
  });

  it('select all machines, some by id, or some by metadata', async () => {
    await using fly = await withFlyEmulator();
    for (const selector of [{ all: true }, { machines: [{ id: 'a' }] }, { metadata: { role: 'web' } }]) {
      expect((await callFly(fly, 'POST', '/network_policies', { ...policy, selector })).body).toMatchObject({
        selector,
      });
    }
  });

  it('are refused when they select nothing, deny, or name what is no port', async () => {
    await using fly = await withFlyEmulator();
    const [rule] = policy.rules;
    const wrong = [
      { selector: {} },
      { selector: { all: false } },
      { name: '' },
      { rules: [] },
      { rules: [{ ...rule, action: 'deny' }] },
      { rules: [{ ...rule, direction: 'both' }] },
      { rules: [{ ...rule, ports: [{ protocol: 'icmp', port: 1 }] }] },
      { rules: [{ ...rule, ports: [{ protocol: 'tcp', port: 70_000 }] }] },
    ];
    for (const fields of wrong) {
      const reply = await callFly(fly, 'POST', '/network_policies', { ...policy, ...fields });
      expect(reply.status, JSON.stringify(fields)).toBe(400);
    }
    expect((await callFly(fly, 'POST', '/network_policies', { ...policy, id: 'unknown' })).status).toBe(404);
    expect((await callFly(fly, 'GET', '/network_policies')).body).toEqual([]);
  });
});
