import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Listed, orgQuery, pageOf } from '../../../src/local/fly/api/org-page.js';
import { callApi } from '../../support/fly-api.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import { createdMachine, destroyed, newVolume } from '../../support/fly-machines.js';

const pageSchema = z.object({
  machines: z.array(z.looseObject({ id: z.string() })).optional(),
  volumes: z.array(z.looseObject({ id: z.string() })).optional(),
  next_cursor: z.string(),
  error_regions: z.array(z.string()).optional(),
});

async function orgList(fly: TestFlyEmulator, what: 'machines' | 'volumes', query = '') {
  const reply = await callApi(fly, 'GET', `/orgs/personal/${what}${query}`);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  const page = pageSchema.parse(reply.body);
  return { ...page, ids: (page[what] ?? []).map(({ id }) => id), body: reply.body };
}

/** A machine that stays as it is, at a time of its own. */
async function resting(fly: TestFlyEmulator, fields: object = {}): Promise<string> {
  const { id } = await createdMachine(fly, { metadata: { a: 'b' } }, { skip_launch: true, ...fields });
  await fly.clock.advance(1000);
  return id;
}

describe('a page of an organisation-wide list', () => {
  const item = (id: string, updatedAtMs: number, fields: Partial<Listed> = {}): Listed => ({
    id,
    updatedAtMs,
    region: 'sjc',
    state: 'started',
    ...fields,
  });
  const items = [item('c', 3000), item('b', 1000, { region: 'ams' }), item('a', 1000, { state: 'stopped' })];
  const ids = (query: string) => pageOf(items, orgQuery(new URLSearchParams(query))).items.map(({ id }) => id);

  it('is sorted by the time of the last change', () => {
    expect(ids('')).toEqual(['a', 'b', 'c']);
  });

  it('is filtered by regions, states and what changed after a time', () => {
    expect(ids('region=ams')).toEqual(['b']);
    expect(ids('state=stopped,failed')).toEqual(['a']);
    expect(ids('updated_after=1970-01-01T00:00:01Z')).toEqual(['c']);
    expect(ids('updated_after=1970-01-01T00:00:00.999Z')).toEqual(['a', 'b', 'c']);
  });

  it('leads to the next by its cursor, which counts more than a time, and the last leads nowhere', () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const late = '2100-01-01T00:00:00Z';
      const query = new URLSearchParams({ limit: '1', ...(cursor === '' ? {} : { cursor, updated_after: late }) });
      const page = pageOf(items, orgQuery(query));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== '' && seen.length < 10);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('has at most 1000 items, however many are asked for', () => {
    expect(orgQuery(new URLSearchParams('limit=5000')).limit).toBe(1000);
    for (const query of ['limit=0', 'limit=many', 'cursor=nonsense', 'updated_after=yesterday', 'summary=perhaps']) {
      expect(() => orgQuery(new URLSearchParams(query)), query).toThrow('invalid_argument');
    }
  });
});

describe('the list of all machines of an organisation', () => {
  it('holds those of every app, with the published fields', async () => {
    await using fly = await withFlyEmulator();
    await callApi(fly, 'POST', '/apps', { body: { app_name: 'second', org_slug: 'personal' } });
    const first = await resting(fly);
    const second = await resting({ ...fly, app: 'second' });
    const { ids, body } = await orgList(fly, 'machines');
    expect(ids).toEqual([first, second]);
    expect(body).toMatchObject({
      machines: [
        { app_name: fly.app },
        { app_name: 'second', region: 'sjc', state: 'created', version: expect.any(String) },
      ],
      last_machine_id: second,
      last_updated_at: expect.any(String),
      error_regions: [],
    });
    expect(body).toMatchObject({
      machines: [{ config: { image: 'registry.fly.io/app:1', metadata: { a: 'b' } } }, {}],
    });
    expect((await orgList(fly, 'machines', '?summary=true')).machines?.[0]).not.toHaveProperty('config');
  });

  it('goes on where the last one ended', async () => {
    await using fly = await withFlyEmulator();
    const all = [await resting(fly), await resting(fly), await resting(fly)];
    const first = await orgList(fly, 'machines', '?limit=2');
    const second = await orgList(fly, 'machines', `?limit=2&cursor=${first.next_cursor}`);
    expect([...first.ids, ...second.ids]).toEqual(all);
    expect(second.next_cursor).toBe('');
  });

  it('holds destroyed ones when asked', async () => {
    await using fly = await withFlyEmulator();
    const id = await resting(fly);
    await destroyed(fly, id);
    expect((await orgList(fly, 'machines')).ids).toEqual([]);
    expect((await orgList(fly, 'machines', '?include_deleted=true')).ids).toEqual([id]);
  });

  it('lacks the regions that cannot be reached, and names them', async () => {
    await using fly = await withFlyEmulator();
    const near = await resting(fly);
    await resting(fly, { region: 'ams' });
    for (const host of ['ams-1', 'ams-2', 'sjc-1']) fly.hosts.setReachable(host, false);
    expect(await orgList(fly, 'machines')).toMatchObject({ ids: [near], error_regions: ['ams'] });
  });
});

describe('the list of all volumes of an organisation', () => {
  it('holds those that are not deleted, the longest unchanged first, with app and time', async () => {
    await using fly = await withFlyEmulator();
    const ids: string[] = [];
    for (let count = 1; count <= 3; count++) {
      ids.push((await newVolume(fly)).id);
      await fly.clock.advance(1000);
    }
    await callFly(fly, 'PUT', `/volumes/${ids[0]}`, { snapshot_retention: 9 });
    await fly.clock.advance(1000);
    const { body } = await orgList(fly, 'volumes', '?limit=2');
    expect(body).toMatchObject({
      volumes: [{ id: ids[1], app_name: fly.app, updated_at: expect.any(String) }, { id: ids[2] }],
      last_volume_id: ids[2],
    });
    expect((await orgList(fly, 'volumes')).ids).toEqual([ids[1], ids[2], ids[0]]);
  });

  it('holds deleted ones when asked, and no space in a summary', async () => {
    await using fly = await withFlyEmulator({ timings: { volumePendingDestroyMs: 60_000 } });
    const { id } = await newVolume(fly);
    await callFly(fly, 'DELETE', `/volumes/${id}`);
    expect((await orgList(fly, 'volumes')).ids).toEqual([]);
    const { ids, volumes } = await orgList(fly, 'volumes', '?include_deleted=true&summary=true');
    expect(ids).toEqual([id]);
    expect(JSON.stringify(volumes)).not.toMatch(/block|bytes/);
  });
});
