import { describe, expect, it } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { createdMachine, listMachines } from '../../support/fly-machines.js';

describe('metadata', () => {
  it('is set key by key by PUT and PATCH, and null or an empty text removes a key', async () => {
    await using fly = await withFlyEmulator();
    const { id, instance_id } = await createdMachine(fly, { metadata: { kept: 'yes', a: '1', b: '2' } });
    const path = `/machines/${id}/metadata`;
    expect((await callFly(fly, 'PUT', path, { metadata: { a: null, c: '3' } })).status).toBe(204);
    expect(
      (await callFly(fly, 'PATCH', path, { metadata: { b: '' }, updated_at: '2026-01-01T00:00:00Z' })).status,
    ).toBe(204);
    expect((await callFly(fly, 'GET', path)).body).toEqual({ kept: 'yes', c: '3' });
    expect((await callFly(fly, 'GET', `/machines/${id}`)).body).toMatchObject({ instance_id });
  });

  it('can be replaced as a whole by PUT, but not by PATCH', async () => {
    await using fly = await withFlyEmulator({ unconfirmed: { putMetadata: 'replaces' } });
    const { id } = await createdMachine(fly, { metadata: { old: '1' } });
    const path = `/machines/${id}/metadata`;
    await callFly(fly, 'PATCH', path, { metadata: { patched: '1' } });
    expect((await callFly(fly, 'GET', path)).body).toEqual({ old: '1', patched: '1' });
    await callFly(fly, 'PUT', path, { metadata: { put: '1' } });
    expect((await callFly(fly, 'GET', path)).body).toEqual({ put: '1' });
  });

  it('is not changed by who has seen another version', async () => {
    await using fly = await withFlyEmulator();
    const { id, instance_id } = await createdMachine(fly);
    const path = `/machines/${id}/metadata`;
    const change = (machine_version: string) => callFly(fly, 'PATCH', path, { metadata: { a: '1' }, machine_version });
    expect((await change('01ARYZ6S41TSV4RRFFQ69G5FAV')).status).toBe(412);
    expect((await callFly(fly, 'GET', path)).body).toEqual({});
    expect((await change(instance_id)).status).toBe(204);
    for (const body of [{}, { metadata: { a: 1 } }, { metadata: 'a' }, undefined]) {
      expect((await callFly(fly, 'PUT', path, body)).status, JSON.stringify(body)).toBe(400);
    }
  });

  it('may be ignored as a filter of lists', async () => {
    await using fly = await withFlyEmulator({ unconfirmed: { metadataFilter: 'ignored' } });
    const { id } = await createdMachine(fly);
    expect(await listMachines(fly, '?metadata.color=red')).toEqual([id]);
    fly.unconfirmed.set({ metadataFilter: 'honoured' });
    expect(await listMachines(fly, '?metadata.color=red')).toEqual([]);
  });
});
