import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { callApi } from '../../support/fly-api.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { newVolume } from '../../support/fly-machines.js';
import { fileOn } from '../../support/fly-volumes.js';

describe('volumes', () => {
  it('have names of at most 30 lowercase letters, digits and underscores', async () => {
    await using fly = await withFlyEmulator();
    for (const name of ['with-dash', 'Upper', 'a'.repeat(31), '']) {
      expect((await callFly(fly, 'POST', '/volumes', { name, region: 'sjc' })).status, name).toBe(400);
    }
    expect((await callFly(fly, 'POST', '/volumes', { name: 'a'.repeat(30), region: 'sjc' })).status).toBe(201);
  });

  it('are made as they are asked for, with the defaults of Fly', async () => {
    await using fly = await withFlyEmulator();
    const { body } = await callFly(fly, 'POST', '/volumes', { name: 'plain', region: 'ams' });
    expect(body).toMatchObject({
      name: 'plain',
      region: 'ams',
      size_gb: 3,
      encrypted: true,
      fstype: 'ext4',
      snapshot_retention: 5,
      auto_backup_enabled: true,
      attached_machine_id: null,
      attached_alloc_id: null,
      host_status: 'ok',
      type: 'local',
    });
    const asked = { size_gb: 500, encrypted: false, fstype: 'raw', snapshot_retention: 60, auto_backup_enabled: false };
    expect((await callFly(fly, 'POST', '/volumes', { name: 'asked', ...asked })).body).toMatchObject(asked);
  });

  it('are made of what a client in Go sends, which says null where it says nothing', async () => {
    await using fly = await withFlyEmulator();
    const silent = { size_gb: null, encrypted: null, snapshot_id: null, source_volume_id: null, compute: null };
    expect(await callFly(fly, 'POST', '/volumes', { name: 'go', region: '', fstype: null, ...silent })).toMatchObject({
      status: 201,
      body: { region: 'sjc', size_gb: 3 },
    });
  });

  it('are not made of what Fly refuses', async () => {
    await using fly = await withFlyEmulator();
    const tooSmall = { cpu_kind: 'shared', cpus: 2, memory_mb: 256 };
    const wrong = [
      { size_gb: 0 },
      { size_gb: 501 },
      { snapshot_retention: 0 },
      { snapshot_retention: 61 },
      { fstype: 'xfs' },
      { region: 'nowhere' },
      { compute: tooSmall },
      { snapshot_id: 'vs_unknown' },
      { source_volume_id: 'vol_unknown' },
      { encrypted: 'yes' },
    ];
    for (const fields of wrong) {
      const reply = await callFly(fly, 'POST', '/volumes', { name: 'data', ...fields });
      expect(reply.status, JSON.stringify(fields)).toBe(400);
    }
    expect((await callFly(fly, 'GET', '/volumes')).body).toEqual([]);
  });

  it('may share a name, so that a repeated create makes a second one', async () => {
    await using fly = await withFlyEmulator();
    const ids = [(await newVolume(fly)).id, (await newVolume(fly)).id, (await newVolume(fly)).id];
    expect(new Set(ids).size).toBe(3);
  });

  it('of one name keep to hosts apart while there are any, and are refused beyond when that is asked for', async () => {
    await using fly = await withFlyEmulator();
    const zones: unknown[] = [];
    for (const name of ['data', 'data', 'other']) {
      const { body } = await callFly(fly, 'POST', '/volumes', { name, require_unique_zone: true });
      zones.push(body);
    }
    expect(zones).toMatchObject([{ zone: 'sjc-1' }, { zone: 'sjc-2' }, { zone: expect.any(String) }]);
    for (const strict of [{ require_unique_zone: true }, { require_unique_zone: true, unique_zone_app_wide: true }]) {
      expect(await callFly(fly, 'POST', '/volumes', { name: 'data', ...strict })).toMatchObject({
        status: 409,
        body: { error: 'aborted: no capacity' },
      });
    }
    const appWide = { name: 'third', require_unique_zone: true, unique_zone_app_wide: true };
    expect((await callFly(fly, 'POST', '/volumes', appWide)).status).toBe(409);
    expect((await callFly(fly, 'POST', '/volumes', { ...appWide, region: 'sjc,eu' })).body).toMatchObject({
      region: 'ams',
    });
  });

  it('change their retention and backups alone, and show how full their folder really is', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await newVolume(fly);
    await writeFile(fileOn(fly, id), Buffer.alloc(10_000));
    const change = { snapshot_retention: 9, auto_backup_enabled: false, size_gb: 400 };
    expect(await callFly(fly, 'PUT', `/volumes/${id}`, change)).toMatchObject({
      status: 200,
      body: { snapshot_retention: 9, auto_backup_enabled: false, size_gb: 3, bytes_used: 10_000 },
    });
    const { body } = await callFly(fly, 'GET', `/volumes/${id}`);
    expect(body).toMatchObject({
      bytes_total: 3 * 1024 ** 3,
      block_size: 4096,
      blocks: 786_432,
      blocks_free: 786_432 - 3,
    });
    expect((await callFly(fly, 'PUT', `/volumes/${id}`, { snapshot_retention: 61 })).status).toBe(400);
  });

  it('leave their space out of a summary', async () => {
    await using fly = await withFlyEmulator();
    await newVolume(fly);
    const { body } = await callFly(fly, 'GET', '/volumes?summary=true');
    expect(body).toMatchObject([{ name: 'data', state: expect.any(String) }]);
    expect(JSON.stringify(body)).not.toMatch(/block|bytes/);
  });

  it('can be copied while they are used, within the organisation', async () => {
    await using fly = await withFlyEmulator({ orgs: { other: 'other-token' } });
    const source = await newVolume(fly, { size_gb: 8, region: 'ams' });
    await writeFile(fileOn(fly, source.id), 'data');
    const copy = await newVolume(fly, { region: null, source_volume_id: source.id });
    expect((await callFly(fly, 'GET', `/volumes/${copy.id}`)).body).toMatchObject({ size_gb: 8, region: 'ams' });
    expect(await readFile(fileOn(fly, copy.id), 'utf8')).toBe('data');
    const token = 'other-token';
    await callApi(fly, 'POST', '/apps', { token, body: { app_name: 'stranger', org_slug: 'other' } });
    const theft = { name: 'copy', source_volume_id: source.id };
    expect(await callApi(fly, 'POST', '/apps/stranger/volumes', { token, body: theft })).toMatchObject({
      status: 400,
      body: { error: 'invalid_argument: volume does not exist' },
    });
  });

  it('on a host that cannot be reached say so, and their data cannot be got at', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await newVolume(fly);
    for (const host of fly.hosts.list()) if (host.region === 'sjc') fly.hosts.setReachable(host.id, false);
    expect((await callFly(fly, 'GET', `/volumes/${id}`)).body).toMatchObject({ host_status: 'unreachable' });
    expect((await callFly(fly, 'PUT', `/volumes/${id}/extend`, { size_gb: 9 })).status).toBe(503);
    expect((await callFly(fly, 'POST', `/volumes/${id}/snapshots`)).status).toBe(503);
    const fork = { name: 'copy', region: 'ams', source_volume_id: id };
    expect((await callFly(fly, 'POST', '/volumes', fork)).status).toBe(503);
  });
});
