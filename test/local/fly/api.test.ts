import { describe, expect, it } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  destroyed,
  getMachine,
  listMachines,
  machineRequest,
  startedMachine,
  tell,
  waitInVain,
} from '../../support/fly-machines.js';

describe('the Machines API', () => {
  it('refuses a caller without the token', async () => {
    await using fly = await withFlyEmulator();
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const response = await fetch(`${fly.url}/v1/apps/${fly.app}/machines`, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('fly-request-id')).not.toBeNull();
      expect(await response.json()).toEqual({ error: 'Authenticate: token validation error' });
    }
  });

  it('says 501 for what the emulator does not do, and 404 for what is not there', async () => {
    await using fly = await withFlyEmulator();
    const missing = await callFly(fly, 'POST', '/certificates/acme');
    expect(missing).toMatchObject({
      status: 501,
      body: { error: `not implemented by the emulator: POST /v1/apps/${fly.app}/certificates/acme` },
    });
    expect(await callFly(fly, 'GET', '/machines/00000000000000')).toMatchObject({ status: 404 });
    expect(await callFly(fly, 'GET', '/volumes/vol_x')).toMatchObject({ status: 404 });
    expect(await callFly({ ...fly, app: 'other-app' }, 'GET', '/machines')).toMatchObject({
      status: 404,
      body: { error: 'app not found' },
    });
  });

  it('names the holder of a name that is in use, and frees the name when the holder is destroyed', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, {}, { name: 'taken' });
    const again = () => callFly(fly, 'POST', '/machines', machineRequest({}, { name: 'taken' }));
    expect(await again()).toMatchObject({
      status: 409,
      body: {
        error: `already_exists: unique machine name violation, machine ID ${id} already exists with name "taken"`,
      },
    });
    await destroyed(fly, id);
    expect((await again()).status).toBe(200);
  });

  it('lists by state, region and metadata, and destroyed machines only when asked', async () => {
    await using fly = await withFlyEmulator();
    const a = await startedMachine(fly, { metadata: { env: 'blue' } });
    const b = await startedMachine(fly, { metadata: { env: 'green' } }, { region: 'ams' });
    expect(await listMachines(fly, '?metadata.env=blue')).toEqual([a.id]);
    expect(await listMachines(fly, '?region=ams')).toEqual([b.id]);
    expect(await listMachines(fly, '?state=started,stopped')).toEqual([a.id, b.id]);
    expect(await listMachines(fly, '?state=stopped')).toEqual([]);
    await destroyed(fly, a.id);
    expect(await listMachines(fly)).toEqual([b.id]);
    expect(await listMachines(fly, '?include_deleted=true')).toEqual([a.id, b.id]);
  });

  it('leaves config and events out of a summary', async () => {
    await using fly = await withFlyEmulator();
    await startedMachine(fly);
    const { body } = await callFly(fly, 'GET', '/machines?summary=true');
    expect(body).toMatchObject([{ state: 'started' }]);
    expect(body).not.toMatchObject([{ config: expect.anything() }]);
  });

  it('changes metadata without a new version', async () => {
    await using fly = await withFlyEmulator();
    const { id, instance_id } = await startedMachine(fly, { metadata: { kept: 'yes' } });
    expect((await callFly(fly, 'POST', `/machines/${id}/metadata/color`, { value: 'red' })).status).toBe(204);
    expect((await callFly(fly, 'GET', `/machines/${id}/metadata`)).body).toEqual({ kept: 'yes', color: 'red' });
    expect((await callFly(fly, 'GET', `/machines/${id}/metadata/color`)).body).toEqual({ value: 'red' });
    expect((await callFly(fly, 'DELETE', `/machines/${id}/metadata/color`)).status).toBe(204);
    expect((await callFly(fly, 'GET', `/machines/${id}/metadata/color`)).status).toBe(404);
    expect((await getMachine(fly, id)).instance_id).toBe(instance_id);
  });

  it('tells of the app and of the regions', async () => {
    await using fly = await withFlyEmulator({ org: 'acme', controlPlaneApp: 'control' });
    await startedMachine(fly);
    expect((await callFly(fly, 'GET', '')).body).toMatchObject({
      name: fly.app,
      status: 'deployed',
      machine_count: 1,
      organization: { slug: 'acme' },
    });
    expect((await callFly({ ...fly, app: 'control' }, 'GET', '')).body).toMatchObject({ machine_count: 0 });
    const response = await fetch(`${fly.url}/v1/platform/regions`, {
      headers: { authorization: `Bearer ${fly.token}` },
    });
    expect(await response.json()).toMatchObject({ Nearest: 'sjc', Regions: expect.any(Array) });
  });
});

describe('wait', () => {
  it('answers 408 in the words of Fly when the time is over', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    expect(await waitInVain(fly, id, 'state=stopped')).toMatchObject({
      status: 408,
      body: { error: 'deadline_exceeded: machine failed to reach desired state, stopped, currently started' },
    });
  });

  it('answers when any of several states is reached, and knows settled', async () => {
    await using fly = await withFlyEmulator({ timings: { stopMs: 50 } });
    const { id } = await startedMachine(fly);
    await tell(fly, id, 'stop');
    expect(await callFly(fly, 'GET', `/machines/${id}/wait?state=suspended&state=stopped,failed`)).toMatchObject({
      status: 200,
      body: { ok: true, state: 'stopped' },
    });
    expect((await callFly(fly, 'GET', `/machines/${id}/wait?state=settled`)).status).toBe(200);
  });

  it('refuses more than 60 seconds, none, and states that nothing can wait for', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    for (const query of ['timeout=61', 'timeout=0', 'timeout=soon', 'state=starting', 'state=nonsense']) {
      const reply = await callFly(fly, 'GET', `/machines/${id}/wait?${query}`);
      expect(reply, query).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^invalid_argument/) } });
    }
    expect((await callFly(fly, 'GET', '/machines/00000000000000/wait')).status).toBe(404);
  });

  it('does not take the state of a newer version for that of the asked one', async () => {
    await using fly = await withFlyEmulator();
    const old = await startedMachine(fly);
    await callFly(fly, 'POST', `/machines/${old.id}`, machineRequest());
    expect(await waitInVain(fly, old.id, `state=started&version=${old.instance_id}`)).toMatchObject({
      status: 408,
      body: { error: expect.stringContaining('currently replaced') },
    });
  });
});

describe('malformed input', () => {
  it('is refused with 400 and never breaks the emulator', async () => {
    await using fly = await withFlyEmulator();
    const bodies: readonly unknown[] = [
      '{"config":',
      '[]',
      'null',
      '"text"',
      {},
      { config: { image: 7 } },
      machineRequest({ env: { A: 1 } }),
      machineRequest({ services: [{ protocol: 'tcp', internal_port: 80, autostart: 'true' }] }),
      machineRequest({ services: [{ protocol: 'tcp', internal_port: 99_999 }] }),
      machineRequest({ guest: { cpu_kind: 'shared', cpus: 3, memory_mb: 768 } }),
      machineRequest({ guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 4096 } }),
      machineRequest({ stop_config: { timeout: 'soon' } }),
      machineRequest({}, { region: 'nowhere' }),
    ];
    for (const body of bodies) {
      const reply = await callFly(fly, 'POST', '/machines', body);
      expect(reply, JSON.stringify(body)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    }
    expect(await listMachines(fly)).toEqual([]);
  });

  it('is explained in the words of the real service', async () => {
    await using fly = await withFlyEmulator();
    const create = async (body?: unknown) => (await callFly(fly, 'POST', '/machines', body)).body;
    expect(await create()).toEqual({ error: 'EOF' });
    expect(await create(machineRequest({ env: { A: 1 } }))).toEqual({
      error: 'json: cannot unmarshal number into Go struct field config.env.A of type string',
    });
    expect(await create(machineRequest({ guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 256 } }))).toEqual({
      error: 'invalid_argument: invalid config.guest.memory_mb, minimum required 512 MiB',
    });
  });

  it('drops names of fly.toml without a word', async () => {
    await using fly = await withFlyEmulator();
    const { body } = await callFly(fly, 'POST', '/machines', machineRequest({ auto_stop_machines: 'suspend' }));
    expect(body).not.toMatchObject({ config: { auto_stop_machines: 'suspend' } });
  });

  it('is refused when it is too large or wrongly encoded', async () => {
    await using fly = await withFlyEmulator();
    expect((await callFly(fly, 'POST', '/machines', ' '.repeat(2 * 1024 * 1024))).status).toBe(413);
    expect((await callFly(fly, 'GET', '/machines/%E0%A4%A')).status).toBe(400);
    expect((await callFly(fly, 'GET', '/machines?summary=perhaps')).status).toBe(400);
    expect((await callFly(fly, 'GET', '/machines')).status).toBe(200);
  });
});
