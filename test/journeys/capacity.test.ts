import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getVolume } from '../support/fly-machines.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants, listedVolumes } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
/** Its pool is in two regions, and empty unless a test fills it. */
let instance: Instance;

beforeAll(async () => {
  platform = await testPlatform({ env: { WARM_POOL_SIZE: 'sjc=2,fra=0' } });
  instance = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

beforeEach(async () => {
  platform.fly.faults.clear();
  for (const { id } of platform.fly.hosts.list()) platform.fly.hosts.setFull(id, false);
  await platform.database.db.query(
    `update machines set state = 'retiring', next_attempt_at = valet_now() where state = 'ready';
     delete from pool_breakers`,
  );
  await settle(platform, instance);
  expect(await checkInvariants(platform)).toEqual([]);
});

interface Attempt {
  readonly region: string;
  readonly state: string;
}

async function attemptsFor(project: string): Promise<Attempt[]> {
  return platform.database.db.query<Attempt>(
    `select region, state from machines where project_id = $1 order by created_at, id`,
    [project],
  );
}

async function whyMade(project: string): Promise<string | null> {
  const [event] = await platform.database.db.query<{ why: string | null }>(
    `select why from events where project_id = $1 and what = 'machine_made'`,
    [project],
  );
  return event?.why ?? null;
}

/** As soon as a volume has been placed on a host of the region, that host is full. */
function fillHostOfFirstVolume(): void {
  instance.calls.intervene(async (call) => {
    if (call !== 'fly: POST /machines') return undefined;
    instance.calls.intervene(() => undefined);
    const volumes = await listedVolumes(platform);
    const hosts = await hostsOf(volumes.map(({ id }) => id));
    for (const host of hosts) platform.fly.hosts.setFull(host, true);
    return undefined;
  });
}

async function hostsOf(volumeIds: readonly string[]): Promise<string[]> {
  return Promise.all(volumeIds.map(async (id) => (await getVolume(platform.fly, id)).zone));
}

describe('a project that finds the pool empty', () => {
  test('and whose volume’s host is full gets a new volume, which lands on another host of its region', async () => {
    fillHostOfFirstVolume();
    const created = await instance.valet.projects.create({ id: 'crowded' });
    expect(created).toMatchObject({ state: 'active', region: 'sjc' });
    expect(await attemptsFor('crowded')).toEqual([
      { region: 'sjc', state: 'retiring' },
      { region: 'sjc', state: 'assigned' },
    ]);
    expect(await whyMade('crowded')).toBeNull();
  });

  test('and whose region is full gets a machine elsewhere, and an event says where and why', async () => {
    platform.fly.hosts.setRegionFull('sjc', true);
    const created = await instance.valet.projects.create({ id: 'abroad' });
    // Its wish stays its wish.
    expect(created).toMatchObject({ state: 'active', region: 'sjc' });
    expect(await attemptsFor('abroad')).toEqual([
      { region: 'sjc', state: 'retiring' },
      { region: 'fra', state: 'assigned' },
    ]);
    expect(await whyMade('abroad')).toMatch(/^in fra instead of sjc: no room in sjc: .*no capacity/);
    expect((await platform.visit('abroad', '/about')).status).toBe(200);
  });

  test('G4: and for which there is no room anywhere is refused, and leaves nothing', async () => {
    for (const region of ['sjc', 'fra']) platform.fly.hosts.setRegionFull(region, true);
    await expect(instance.valet.projects.create({ id: 'nowhere' })).rejects.toMatchObject({ code: 'fly_failed' });
    await settle(platform, instance);
    expect(await checkInvariants(platform)).toEqual([]);
    await expect(instance.valet.projects.get('nowhere')).rejects.toMatchObject({ code: 'project_not_found' });
  });

  test('is made elsewhere again where it wants to be in a region that has no pool', async () => {
    platform.fly.hosts.setRegionFull('ams', true);
    const created = await instance.valet.projects.create({ id: 'far', region: 'ams' });
    expect(created).toMatchObject({ state: 'active', region: 'ams' });
    expect((await attemptsFor('far')).map(({ region }) => region)).toEqual(['ams', 'sjc']);
  });
});

test('a project that gets a member of another region is told so in its events', async () => {
  await instance.run('replenish');
  await instance.valet.projects.create({ id: 'guest', region: 'ams' });
  const [claim] = await platform.database.db.query<{ why: string }>(
    `select why from events where project_id = 'guest' and what = 'claimed'`,
  );
  expect(claim?.why).toBe('in sjc: no member was free in ams');
});

describe('a pool whose region is full', () => {
  test('is filled in its other region, no further than it lacks members, and moves back when there is room', async () => {
    platform.fly.hosts.setRegionFull('sjc', true);
    await instance.run('replenish');
    const counts = async () => {
      const { regions } = await instance.valet.pool.status();
      return Object.fromEntries(regions.map(({ region, ready }) => [region, ready]));
    };
    expect(await counts()).toEqual({ sjc: 0, fra: 2 });
    for (let pass = 0; pass < 3; pass++) await instance.run('replenish').catch(() => undefined);
    expect(await counts()).toEqual({ sjc: 0, fra: 2 });
    platform.fly.hosts.setRegionFull('sjc', false);
    await platform.database.travel('10 minutes');
    for (let pass = 0; pass < 3; pass++) await instance.run('replenish');
    expect(await counts()).toEqual({ sjc: 2, fra: 0 });
  });
});
