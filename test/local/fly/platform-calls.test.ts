import { describe, expect, it } from 'vitest';
import { callApi } from '../../support/fly-api.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';

async function placements(fly: TestFlyEmulator, fields: object = {}): Promise<unknown> {
  return (await callApi(fly, 'POST', '/platform/placements', { body: { org_slug: 'personal', ...fields } })).body;
}

describe('the list of regions', () => {
  it('has keys in capitals, or in small letters as they are published', async () => {
    await using fly = await withFlyEmulator();
    const list = async () => (await callApi(fly, 'GET', '/platform/regions')).body;
    const iad = expect.objectContaining({ code: 'iad', gateway_available: true, geo_region: 'north_america' });
    expect(await list()).toEqual({ Nearest: 'sjc', Regions: expect.arrayContaining([iad]) });
    fly.unconfirmed.set({ regionKeys: 'small' });
    expect(await list()).toEqual({ nearest: 'sjc', regions: expect.arrayContaining([iad]) });
  });

  it('is empty in its own shape when a fault empties it', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ call: 'list_regions', times: 1, kind: 'list_empty' });
    expect((await callApi(fly, 'GET', '/platform/regions')).body).toEqual({ Nearest: 'sjc', Regions: [] });
    fly.faults.add({ call: 'list_apps', times: 1, kind: 'list_empty' });
    expect((await callApi(fly, 'GET', '/apps?org_slug=personal')).body).toEqual({ total_apps: 0, apps: [] });
  });
});

describe('names for several regions', () => {
  it('place machines and volumes', async () => {
    await using fly = await withFlyEmulator();
    fly.hosts.setRegionFull('bom', true);
    const machine = { region: 'apac', skip_launch: true, config: { image: 'i' } };
    expect((await callFly(fly, 'POST', '/machines', machine)).body).toMatchObject({ region: 'nrt' });
    expect((await callFly(fly, 'POST', '/volumes', { name: 'data', region: 'sa' })).body).toMatchObject({
      region: 'gru',
    });
  });
});

describe('placements', () => {
  it('name the first of the regions that has room for so many', async () => {
    await using fly = await withFlyEmulator();
    expect(await placements(fly, { region: 'iad,ams', count: 3 })).toEqual({
      regions: [{ region: 'iad', count: 3, concurrency: 2 }],
    });
    fly.hosts.setRegionFull('iad', true);
    const compute = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 };
    const whole = { volume_name: 'data', volume_size_bytes: 1024 ** 3, weights: { region: 100 }, compute };
    expect(await placements(fly, { region: 'iad,ams', count: 3, ...whole })).toMatchObject({
      regions: [{ region: 'ams' }],
    });
    expect(await placements(fly, { region: 'iad', count: 1 })).toEqual({ regions: [] });
  });

  it('name the limit of every region that has room when no number is given', async () => {
    await using fly = await withFlyEmulator();
    fly.hosts.setReachable('ams-1', false);
    fly.hosts.setRegionFull('fra', true);
    expect(await placements(fly, { region: 'ams,fra,iad' })).toEqual({
      regions: [
        { region: 'ams', count: 50, concurrency: 1 },
        { region: 'iad', count: 50, concurrency: 2 },
      ],
    });
    expect(await placements(fly)).toMatchObject({
      regions: expect.arrayContaining([{ region: 'sjc', count: 50, concurrency: 2 }]),
    });
  });

  it('are refused for another organisation, unknown regions and sizes that no machine has', async () => {
    await using fly = await withFlyEmulator();
    const refused = (body: object) => callApi(fly, 'POST', '/platform/placements', { body });
    expect((await refused({ org_slug: 'other' })).status).toBe(403);
    expect((await refused({})).status).toBe(400);
    expect((await refused({ org_slug: 'personal', region: 'nowhere' })).status).toBe(400);
    const compute = { cpu_kind: 'shared', cpus: 3, memory_mb: 256 };
    expect((await refused({ org_slug: 'personal', compute })).status).toBe(400);
  });
});
