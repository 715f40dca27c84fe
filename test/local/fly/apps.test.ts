import { describe, expect, it } from 'vitest';
import { callApi } from '../../support/fly-api.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { createdMachine, newVolume, reach, startedMachine } from '../../support/fly-machines.js';

const created = (name: string, fields: object = {}) => ({ body: { app_name: name, org_slug: 'personal', ...fields } });

describe('an app', () => {
  it('is created under either name of the field, and is there at once', async () => {
    await using fly = await withFlyEmulator();
    expect(await callApi(fly, 'POST', '/apps', created('one', { network: 'net-1' }))).toMatchObject({
      status: 201,
      body: { id: expect.stringMatching(/^[a-z0-9]{16}$/), created_at: expect.any(Number) },
    });
    // What the vendor's client sends.
    const body = { name: 'two', org_slug: 'personal', network: '', app_role_id: '' };
    expect((await callApi(fly, 'POST', '/apps?wait=true', { body })).status).toBe(201);
    expect(await callApi(fly, 'GET', '/apps/two')).toMatchObject({
      status: 200,
      body: { name: 'two', status: 'pending', organization: { slug: 'personal' }, machine_count: 0, volume_count: 0 },
    });
    expect((await callApi(fly, 'POST', '/apps/two/machines', { body: { config: { image: 'i' } } })).status).toBe(200);
    expect((await callApi(fly, 'GET', '/apps/two')).body).toMatchObject({ status: 'deployed', machine_count: 1 });
  });

  it('shows its network in the list of its organisation, and by itself only where told to', async () => {
    await using fly = await withFlyEmulator();
    await callApi(fly, 'POST', '/apps', created('netted', { network: 'net-1' }));
    expect((await callApi(fly, 'GET', '/apps?org_slug=personal')).body).toMatchObject({
      total_apps: 2,
      apps: [
        { name: fly.app, network: 'default' },
        { name: 'netted', network: 'net-1' },
      ],
    });
    expect((await callApi(fly, 'GET', '/apps/netted')).body).not.toHaveProperty('network');
    fly.unconfirmed.set({ appNetwork: 'everywhere' });
    expect((await callApi(fly, 'GET', '/apps/netted')).body).toMatchObject({ network: 'net-1' });
  });

  it('has a name that no other app has, in any organisation', async () => {
    await using fly = await withFlyEmulator({ orgs: { other: 'other-token' } });
    const error = 'Validation failed: Name has already been taken';
    const body = { app_name: fly.app, org_slug: 'other' };
    expect(await callApi(fly, 'POST', '/apps', { body, token: 'other-token' })).toMatchObject({
      status: 422,
      body: { error, status: 'name_taken' },
    });
    fly.unconfirmed.set({ appNameTakenStatus: 409 });
    expect(await callApi(fly, 'POST', '/apps', created(fly.app))).toMatchObject({ status: 409, body: { error } });
  });

  it('has a name of lowercase letters, digits and dashes, 63 at most', async () => {
    await using fly = await withFlyEmulator();
    for (const name of ['Upper', 'under_score', 'dot.dot', '-dash', 'a'.repeat(64)]) {
      expect((await callApi(fly, 'POST', '/apps', created(name))).status, name).toBe(422);
    }
    expect((await callApi(fly, 'POST', '/apps', created('a'.repeat(63)))).status).toBe(201);
  });

  it('is not created without a name, an organisation that exists, or a network that can be', async () => {
    await using fly = await withFlyEmulator();
    const bodies = [
      { org_slug: 'personal' },
      { app_name: 'one' },
      { app_name: 'one', org_slug: 'nowhere' },
      { app_name: 'one', org_slug: 'personal', network: '1st' },
    ];
    for (const body of bodies) {
      expect((await callApi(fly, 'POST', '/apps', { body })).status, JSON.stringify(body)).toBe(400);
    }
    expect(await callApi(fly, 'POST', '/apps')).toMatchObject({ status: 400, body: { error: 'EOF' } });
  });

  it('of another organisation is there, and closed', async () => {
    await using fly = await withFlyEmulator({ orgs: { other: 'other-token' } });
    const refused = { status: 403, body: { error: 'unauthorized' } };
    const token = 'other-token';
    expect(await callApi(fly, 'GET', `/apps/${fly.app}`, { token })).toMatchObject(refused);
    expect(await callApi(fly, 'GET', `/apps/${fly.app}/machines`, { token })).toMatchObject(refused);
    expect(await callApi(fly, 'GET', '/apps?org_slug=personal', { token })).toMatchObject(refused);
    expect(await callApi(fly, 'POST', '/apps', { ...created('mine'), token })).toMatchObject(refused);
    expect(await callApi(fly, 'GET', '/apps/unknown', { token })).toMatchObject({ status: 404 });
  });
});

describe('the deletion of an app', () => {
  it('is accepted, destroys its machines and volumes, and ends later', async () => {
    await using fly = await withFlyEmulator({ timings: { appDeleteMs: 60_000 } });
    const volume = await newVolume(fly);
    const { id } = await startedMachine(fly, { mounts: [{ volume: volume.id, path: '/data' }] });
    expect(await callFly(fly, 'DELETE', '?force=true')).toMatchObject({ status: 202, body: undefined });
    await reach(fly, id, 'destroyed');
    await expect
      .poll(async () => (await callFly(fly, 'GET', '')).body)
      .toMatchObject({ machine_count: 0, volume_count: 0 });
    expect((await callApi(fly, 'POST', '/apps', created(fly.app))).status).toBe(422);
    await fly.clock.advance(60_000);
    await expect.poll(async () => (await callFly(fly, 'GET', '')).status).toBe(404);
    expect((await callFly(fly, 'GET', '/machines')).status).toBe(404);
    expect((await callApi(fly, 'POST', '/apps', created(fly.app))).status).toBe(201);
    expect((await callFly(fly, 'GET', '/volumes')).body).toEqual([]);
  });

  it('is refused while a machine runs, unless it is forced or Fly turns out to accept it', async () => {
    await using fly = await withFlyEmulator({ timings: { appDeleteMs: 60_000 } });
    await startedMachine(fly);
    expect(await callFly(fly, 'DELETE', '')).toMatchObject({
      status: 412,
      body: { error: expect.stringContaining('running machines') },
    });
    fly.unconfirmed.set({ deleteRunningApp: 'accept' });
    expect((await callFly(fly, 'DELETE', '')).status).toBe(202);
  });

  it('needs no force when no machine runs', async () => {
    await using fly = await withFlyEmulator();
    await createdMachine(fly, {}, { skip_launch: true });
    expect((await callFly(fly, 'DELETE', '')).status).toBe(202);
    await expect.poll(async () => (await callFly(fly, 'GET', '')).status).toBe(404);
    expect((await callFly(fly, 'DELETE', '')).status).toBe(404);
  });
});
