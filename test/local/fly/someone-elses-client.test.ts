import theirs from 'fly-admin/dist/client.js';
import { describe, expect, it } from 'vitest';
import { type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';

/**
 * The emulator as others use it: a client that knows nothing of Valet gets the address and a token, and works. This is
 * also the example of docs/emulator.md.
 */
function clientOf(fly: TestFlyEmulator, token: string = fly.token) {
  return new theirs.default(token, { apiUrl: fly.url });
}

const image = 'registry.example/someone/app:1';

describe("a Machines API client that is somebody else's", () => {
  it('takes a machine through its life', async () => {
    await using fly = await withFlyEmulator({ org: 'acme' });
    const { App, Machine, Volume } = clientOf(fly);
    await App.createApp({ app_name: 'their-app', org_slug: 'acme' });
    expect((await App.listApps('acme')).apps.map(({ name }) => name)).toContain('their-app');

    const app_name = 'their-app';
    const volume = await Volume.createVolume({ app_name, name: 'data', region: 'sjc', size_gb: 1 });
    const { id: machine_id } = await Machine.createMachine({
      app_name,
      region: 'sjc',
      config: { image, mounts: [{ volume: volume.id, path: '/data' }], metadata: { owner: 'them' } },
    });
    expect(await Machine.waitMachine({ app_name, machine_id, timeout: '10s' })).toMatchObject({ ok: true });
    expect(await Machine.listMachines(app_name)).toMatchObject([{ id: machine_id, state: 'started' }]);
    expect(await Volume.getVolume({ app_name, volume_id: volume.id })).toMatchObject({
      attached_machine_id: machine_id,
    });

    await Machine.stopMachine({ app_name, machine_id, timeout: '1s' });
    const events = await Machine.listEvents({ app_name, machine_id });
    expect(events).toContainEqual(expect.objectContaining({ type: 'stop', source: 'user' }));
    await Machine.deleteMachine({ app_name, machine_id, force: true });
    await App.deleteApp(app_name);
  });

  it('leases, restarts, signals, cordons and looks at one', async () => {
    await using fly = await withFlyEmulator();
    const { Machine } = clientOf(fly);
    const app_name = fly.app;
    const { id: machine_id } = await Machine.createMachine({ app_name, config: { image } });
    const one = { app_name, machine_id };
    await Machine.waitMachine({ ...one, timeout: '10' });
    await Machine.cordonMachine(one);
    await Machine.uncordonMachine(one);
    await Machine.restartMachine({ ...one, timeout: '2s' });
    await Machine.waitMachine({ ...one, timeout: '10' });
    expect(await Machine.listProcesses(one)).toEqual(
      expect.arrayContaining([expect.objectContaining({ pid: expect.any(Number) })]),
    );
    expect(await Machine.listVersions(one)).toMatchObject([{ user_config: { image } }]);
    const lease = await Machine.acquireLease({ ...one, ttl: 60, description: 'theirs' });
    expect(lease).toMatchObject({ status: 'success', data: { nonce: expect.any(String), description: 'theirs' } });
    // This client never sends the nonce back, so from here on it has locked itself out, as on Fly.
    await expect(Machine.stopMachine(one)).rejects.toThrow(/^409: .*lease currently held/);
  });

  it('hears what Fly would have said to its mistakes', async () => {
    await using fly = await withFlyEmulator();
    const { Machine, Volume } = clientOf(fly);
    const app_name = fly.app;
    await expect(Machine.getMachine({ app_name, machine_id: '00000000000000' })).rejects.toThrow(
      '404: {"error":"machine not found"}',
    );
    await expect(Volume.createVolume({ app_name, name: 'data', region: 'atlantis' })).rejects.toThrow(/^400: /);
    await expect(clientOf(fly, 'wrong').Machine.listMachines(app_name)).rejects.toThrow(
      '401: {"error":"Authenticate: token validation error"}',
    );
  });
});
