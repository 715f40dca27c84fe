import { describe, expect, it } from 'vitest';
import { flyClientOf, flyMachine, flyVolume, machineOrder, refused } from '../../support/fly-answers.js';
import { startScriptedServer } from '../../support/scripted-server.js';

describe('machines', () => {
  it('are listed by every filter at once', async () => {
    await using server = await startScriptedServer([{ status: 200, body: [] }]);
    await using client = flyClientOf(server);
    await client.fly.listMachines({ region: 'sjc', state: 'started', includeDeleted: true, summary: true });
    expect(server.seen[0]?.query.toString()).toBe('region=sjc&state=started&include_deleted=true&summary=true');
  });

  it('are updated with the whole config', async () => {
    await using server = await startScriptedServer([{ status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server);
    await client.fly.updateMachine('m1', { config: machineOrder.config, current_version: 'v1', skip_launch: true });
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v1/apps/demo-app/machines/m1' });
    expect(server.seen[0]?.body).toEqual({ config: machineOrder.config, current_version: 'v1', skip_launch: true });
  });

  it.each([
    [409, 'aborted: machine update failed due to concurrent update'],
    [412, 'failed_precondition: current_version does not match'],
  ])('are not updated again by themselves when another update came first (%i)', async (status, text) => {
    await using server = await startScriptedServer([refused(status, text)]);
    await using client = flyClientOf(server);
    const update = client.fly.updateMachine('m1', { config: machineOrder.config, current_version: 'v1' });
    await expect(update).rejects.toMatchObject({ status, advice: 'retry' });
    expect(server.seen).toHaveLength(1);
  });

  it('tell at most 50 events', async () => {
    const event = { id: 'e1', type: 'start', status: 'started', source: 'flyd', timestamp: 1 };
    await using server = await startScriptedServer([{ status: 200, body: [event] }]);
    await using client = flyClientOf(server);
    expect(await client.fly.listEvents('m1', { limit: 500 })).toEqual([event]);
    await client.fly.listEvents('m1');
    expect(server.seen.map(({ query }) => query.toString())).toEqual(['limit=50', '']);
  });

  it('must say of each service whether it is stopped and started by itself', async () => {
    await using server = await startScriptedServer([{ status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server);
    const service = { protocol: 'tcp', internal_port: 80, ports: [{ port: 80, handlers: ['http'] }] } as const;
    const services = [{ ...service, autostop: 'off', autostart: false }] as const;
    await client.fly.createMachine({ ...machineOrder, config: { ...machineOrder.config, services } });
    // @ts-expect-error The compiler refuses a service that leaves it open.
    await client.fly.createMachine({ ...machineOrder, config: { ...machineOrder.config, services: [service] } });
    expect(server.seen[0]?.body).toMatchObject({ config: { services: [{ autostop: 'off', autostart: false }] } });
  });
});

describe('metadata', () => {
  it('is read, and set and removed key by key', async () => {
    await using server = await startScriptedServer(({ method }) =>
      method === 'GET' ? { status: 200, body: { a: '1' } } : { status: 204 },
    );
    await using client = flyClientOf(server);
    expect(await client.fly.getMetadata('m1')).toEqual({ a: '1' });
    await client.fly.setMetadata('m1', 'a/b', '2');
    await client.fly.deleteMetadata('m1', 'a');
    expect(server.seen.map(({ method, path, body }) => [method, path.split('/m1').at(-1), body])).toEqual([
      ['GET', '/metadata', undefined],
      ['POST', '/metadata/a%2Fb', { value: '2' }],
      ['DELETE', '/metadata/a', undefined],
    ]);
  });

  it('takes a key that is gone for removed', async () => {
    await using server = await startScriptedServer([refused(404, 'not found')]);
    await using client = flyClientOf(server);
    await client.fly.deleteMetadata('m1', 'a');
  });

  it.each(['keeps', 'drops'])(
    'is merged whole, so that nothing is lost where Fly %s the keys that are not named',
    async (kind) => {
      let stored: Record<string, string> = { mark: 'row-1', old: 'x', gone: 'y' };
      await using server = await startScriptedServer(({ method, body }) => {
        if (method === 'GET') return { status: 200, body: stored };
        const { metadata } = body as { readonly metadata: Record<string, string> };
        const whole = kind === 'keeps' ? { ...stored, ...metadata } : metadata;
        stored = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== ''));
        return { status: 204 };
      });
      await using client = flyClientOf(server);
      await client.fly.mergeMetadata('m1', { old: 'z', gone: null, fresh: '1' });
      expect(stored).toEqual({ mark: 'row-1', old: 'z', fresh: '1' });
      expect(server.seen.at(-1)?.method).toBe('PATCH');
    },
  );
});

describe('volumes', () => {
  it('are listed without those that were deleted', async () => {
    const body = [
      flyVolume(),
      flyVolume({ id: 'vol_2', state: 'pending_destroy' }),
      { ...flyVolume(), attached_machine_id: '' },
    ];
    await using server = await startScriptedServer([{ status: 200, body }]);
    await using client = flyClientOf(server);
    expect(await client.fly.listVolumes()).toEqual([flyVolume(), flyVolume()]);
  });

  it('are made with the hint of what will run on them', async () => {
    await using server = await startScriptedServer([{ status: 201, body: flyVolume() }]);
    await using client = flyClientOf(server);
    const compute = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 } as const;
    await client.fly.createVolume({ name: 'v', region: 'sjc', size_gb: 1, compute });
    expect(server.seen[0]?.body).toEqual({ name: 'v', region: 'sjc', size_gb: 1, compute });
  });

  it('are extended to a size in all', async () => {
    const answer = { volume: flyVolume({ size_gb: 3 }), needs_restart: false };
    await using server = await startScriptedServer([{ status: 200, body: answer }]);
    await using client = flyClientOf(server);
    expect(await client.fly.extendVolume('vol_1', 3)).toEqual({ volume: answer.volume, needsRestart: false });
    const [request] = server.seen;
    expect(request).toMatchObject({
      method: 'PUT',
      path: '/v1/apps/demo-app/volumes/vol_1/extend',
      body: { size_gb: 3 },
    });
  });

  it('count as extended when an attempt whose answer was lost has done it', async () => {
    let attempts = 0;
    await using server = await startScriptedServer(({ method }) => {
      if (method === 'GET') return { status: 200, body: flyVolume({ size_gb: 3 }) };
      attempts += 1;
      return attempts === 1 ? 'drop' : refused(400, 'invalid_argument: a volume can only grow');
    });
    await using client = flyClientOf(server);
    expect(await client.fly.extendVolume('vol_1', 3)).toMatchObject({ volume: { size_gb: 3 }, needsRestart: true });
    await expect(client.fly.extendVolume('vol_1', 2)).rejects.toMatchObject({ status: 400 });
  });

  it('are deleted once, and 404 is done', async () => {
    await using server = await startScriptedServer([refused(404, 'volume not found')]);
    await using client = flyClientOf(server);
    await client.fly.deleteVolume('vol_1');
    expect(server.seen[0]).toMatchObject({ method: 'DELETE', path: '/v1/apps/demo-app/volumes/vol_1' });
  });

  it('that are still bound are left to the caller, who has the minutes that it takes', async () => {
    const text = 'failed_precondition: volume is currently bound to machine: m1';
    await using server = await startScriptedServer([refused(412, text)]);
    await using client = flyClientOf(server);
    await expect(client.fly.deleteVolume('vol_1')).rejects.toMatchObject({ status: 412, advice: 'retry' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('the platform', () => {
  it.each([
    ['as it answers', { Nearest: 'sjc', Regions: [{ code: 'sjc', name: 'San Jose' }] }],
    ['as it is specified', { nearest: 'sjc', regions: [{ code: 'sjc', name: 'San Jose' }] }],
  ])('tells its regions, %s', async (_, body) => {
    await using server = await startScriptedServer([{ status: 200, body }]);
    await using client = flyClientOf(server);
    expect(await client.fly.listRegions()).toEqual({ nearest: 'sjc', regions: [{ code: 'sjc', name: 'San Jose' }] });
    expect(server.seen[0]?.path).toBe('/v1/platform/regions');
  });

  it("tells where there is room for the app's organisation", async () => {
    const app = { id: 'a', name: 'demo-app', status: 'deployed', organization: { name: 'Demo', slug: 'demo-org' } };
    await using server = await startScriptedServer(({ method }) =>
      method === 'GET' ? { status: 200, body: app } : { status: 200, body: { Regions: [{ Region: 'sjc', Count: 2 }] } },
    );
    await using client = flyClientOf(server);
    expect(await client.fly.getPlacements({ region: 'sjc,any', count: 2 })).toEqual([{ region: 'sjc', count: 2 }]);
    expect(server.seen.at(-1)).toMatchObject({
      path: '/v1/platform/placements',
      body: { org_slug: 'demo-org', region: 'sjc,any', count: 2 },
    });
  });

  it('cannot be asked for room while nobody knows whose the app is', async () => {
    await using server = await startScriptedServer([{ status: 200, body: { id: 'a', name: 'demo-app' } }]);
    await using client = flyClientOf(server);
    await expect(client.fly.getPlacements({})).rejects.toMatchObject({ code: 'fly_failed' });
  });
});
