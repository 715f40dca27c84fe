import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { basicPlatform } from '../support/basic-server.js';
import { callFly } from '../support/fly-emulator.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import type { TestPlatform } from '../support/test-platform.js';

interface Archive {
  readonly r2_key: string;
  readonly r2_checksum: string | null;
  readonly size_bytes: number | null;
  readonly manifest: unknown;
  readonly proven: boolean;
}

/** What its attempts at an archive came to, the oldest first. */
async function archivesOf({ database }: TestPlatform, id: string): Promise<Archive[]> {
  return database.db.query<Archive>(
    `select r2_key, r2_checksum, size_bytes, manifest, proven_at is not null as proven from archives
      where project_id = $1 order by created_at`,
    [id],
  );
}

async function unusedFor({ database }: TestPlatform, id: string, interval: string): Promise<void> {
  await database.db.query(`update projects set last_active_at = valet_now() - $2::interval where id = $1`, [
    id,
    interval,
  ]);
}

async function put(platform: TestPlatform, id: string, key: string, value: string): Promise<void> {
  expect((await platform.visit(id, `/kv/${key}`, { method: 'PUT', body: value })).status).toBe(204);
}

async function get(platform: TestPlatform, id: string, key: string): Promise<string> {
  return (await platform.visit(id, `/kv/${key}`)).text();
}

describe('a basic server that can restore', () => {
  let platform: TestPlatform;
  let one: Instance;
  let two: Instance;
  let sleeper: Sleeper;
  let number = 0;

  beforeAll(async () => {
    platform = await basicPlatform();
    one = await platform.controlPlane();
    two = await platform.controlPlane();
  });
  afterAll(async () => {
    await settle(platform, two);
    expect(await checkInvariants(platform)).toEqual([]);
    await platform[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    one.calls.intervene(() => undefined);
    number += 1;
    sleeper = await new Sleeper(platform, one, `basic-${number}`).create();
  });

  test('G1: lives its whole life: used, swept, woken with its data, used, and swept again', async () => {
    for (const round of [1, 2, 3]) {
      await put(platform, sleeper.id, `round${round}`, `written in round ${round}`);
      await unusedFor(platform, sleeper.id, '8 days');
      expect(await one.valet.sweep.run()).toMatchObject({ archived: [sleeper.id], failed: [] });
      expect((await sleeper.row()).state).toBe('dormant');
      await sleeper.wakeUp();
      await sleeper.expectData();
      expect(await get(platform, sleeper.id, 'round1')).toBe('written in round 1');
      expect(await get(platform, sleeper.id, `round${round}`)).toBe(`written in round ${round}`);
    }
    const archives = await archivesOf(platform, sleeper.id);
    expect(archives).toHaveLength(3);
    for (const archive of archives) {
      // Its own key and its own kind of checksum; the size is ours, of what was read back.
      expect(archive).toMatchObject({
        r2_key: expect.stringMatching(`^own/projects/${sleeper.id}/`),
        r2_checksum: expect.stringMatching(/^md5-/),
        size_bytes: (await platform.store.head(archive.r2_key))?.size,
        manifest: null,
        proven: true,
      });
    }
  });

  test.each(['machine: POST /internal/configure', 'machine: POST /internal/restore-from-r2', 'database: activated'])(
    'G2, G7: wakes from a wake that died before "%s", on one machine',
    async (step) => {
      await sleeper.fallAsleep();
      await using victim = await platform.controlPlane();
      victim.calls.intervene((call) => (call === step ? 'die_before' : undefined));
      const died = new Promise((resolve) => victim.calls.death.addEventListener('abort', resolve));
      await Promise.race([died, victim.valet.projects.wake(sleeper.id).catch(() => undefined)]);
      expect(victim.calls.dead).toBe(true);
      await settle(platform, two);
      await sleeper.wakeUp();
      await sleeper.expectData();
      expect(await checkInvariants(platform)).toEqual([]);
    },
  );

  test('serves on when its archive is cancelled: it never stopped, and 404 to resume says so', async () => {
    let woken: Promise<unknown> = Promise.resolve();
    one.calls.intervene(async (call) => {
      if (call !== 'store: HEAD') return undefined;
      one.calls.intervene(() => undefined);
      woken = two.valet.projects.wake(sleeper.id);
      await expect.poll(async () => (await sleeper.events()).includes('archive_begun')).toBe(true);
      await expect
        .poll(async () => {
          const [row] = await platform.database.db.query<{ wanted: boolean }>(
            'select wake_requested_at is not null as wanted from projects where id = $1',
            [sleeper.id],
          );
          return row?.wanted;
        })
        .toBe(true);
      return undefined;
    });
    await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'state_changed' });
    await woken;
    expect(await sleeper.row()).toMatchObject({ state: 'active', archive_failures: 0 });
    expect(one.calls.made).toContain('machine: POST /internal/resume');
    await sleeper.expectData();
  });

  test('is left alone while it says 409, which needs no code to mean busy', async () => {
    const url = new URL(await platform.webSocketUrl(sleeper.id));
    const visitor = request({ host: url.hostname, port: url.port, path: '/slow' }).on('error', () => undefined);
    await new Promise((resolve) => visitor.once('response', resolve).end());
    await unusedFor(platform, sleeper.id, '8 days');
    const { kept } = await one.valet.sweep.run();
    expect(kept).toMatchObject([{ id: sleeper.id, code: 'machine_busy' }]);
    expect(await sleeper.row()).toMatchObject({ state: 'active', archive_failures: 0 });
    visitor.destroy();
  });

  test.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, 4096)],
    ['emptied', () => new Uint8Array()],
  ])('G1: is not put away when what it uploaded was %s', async (_, change) => {
    one.calls.intervene(async (call) => {
      if (call !== 'store: HEAD') return undefined;
      one.calls.intervene(() => undefined);
      const [attempt] = await archivesOf(platform, sleeper.id);
      await tamper(`own/${attempt?.r2_key}`, change);
      return undefined;
    });
    await expect(one.valet.projects.archive(sleeper.id)).rejects.toMatchObject({ code: 'archive_unproven' });
    expect(await sleeper.row()).toMatchObject({ state: 'active', current_archive_id: null });
    await sleeper.expectData();
  });

  async function tamper(key: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
    const url = await platform.store.downloadUrl(key, { expiresInSecs: 60 });
    const bytes = change(new Uint8Array(await (await fetch(url)).arrayBuffer()));
    const upload = await platform.store.uploadUrl(key, { expiresInSecs: 60 });
    expect((await fetch(upload, { method: 'PUT', body: new Uint8Array(bytes) })).ok).toBe(true);
  }

  test('stays asleep with its archive untouched when what it wakes from is not what it uploaded', async () => {
    await sleeper.fallAsleep();
    const [archive] = await archivesOf(platform, sleeper.id);
    const key = archive?.r2_key ?? '';
    await tamper(key, (bytes) => bytes.with(100, 1));
    await expect(one.valet.projects.wake(sleeper.id)).rejects.toMatchObject({ code: 'wake_failed' });
    expect((await sleeper.row()).state).toBe('dormant');
    expect(await platform.store.head(key)).not.toBeNull();
    // As an operator would: it cannot be proven any more, which must not count against the others of this file.
    await platform.database.db.query(`delete from projects where id = $1`, [sleeper.id]);
  });
});

test('G1: a basic server that acts on the question whether it restores loses nothing by it', async () => {
  await using platform = await basicPlatform({ restore: 'sloppy' });
  const one = await platform.controlPlane();
  const sleeper = await new Sleeper(platform, one, 'sloppy').create();
  await sleeper.fallAsleep();
  await sleeper.wakeUp();
  await put(platform, 'sloppy', 'later', 'written after the first archive');
  // It is asked again only if nothing is known of it, as after an operator has forgotten its archive.
  await platform.database.db.query('update projects set current_archive_id = null');
  await sleeper.fallAsleep();
  expect(one.calls.made.filter((call) => call === 'machine: POST /internal/restore-from-r2')).toHaveLength(3);
  await sleeper.wakeUp();
  expect(await get(platform, 'sloppy', 'later')).toBe('written after the first archive');
  expect(await checkInvariants(platform)).toEqual([]);
});

test('G1: a basic server that cannot restore is left awake by the sweep, which says why', async () => {
  await using platform = await basicPlatform({ restore: 'none' });
  const one = await platform.controlPlane();
  const sleeper = await new Sleeper(platform, one, 'forgetful').create();
  const { machine_id } = await one.valet.projects.get('forgetful');
  await unusedFor(platform, 'forgetful', '8 days');
  const before = await sleeper.row();
  const { archived, kept, failed } = await one.valet.sweep.run();
  expect({ archived, failed }).toEqual({ archived: [], failed: [] });
  expect(kept).toEqual([
    {
      id: 'forgetful',
      code: 'cannot_restore',
      reason: 'The server of project forgetful cannot restore an archive.',
    },
  ]);
  const after = await sleeper.row();
  expect(after).toMatchObject({ state: 'active', machine_id: before.machine_id, current_archive_id: null });
  expect(after.last_active_at).toEqual(before.last_active_at);
  expect(after.archive_retry_secs).toBeGreaterThan(3500);
  expect((await callFly(platform.fly, 'GET', `/machines/${machine_id}`)).body).toMatchObject({ state: 'started' });
  await sleeper.expectData();
  expect(await checkInvariants(platform)).toEqual([]);
});

test('G1: a server that names a key twice is not believed the second time, and serves on', async () => {
  await using platform = await basicPlatform({ key: 'same' });
  const one = await platform.controlPlane();
  const sleeper = await new Sleeper(platform, one, 'repeating').create();
  await sleeper.fallAsleep();
  await sleeper.wakeUp();
  await expect(one.valet.projects.archive('repeating')).rejects.toMatchObject({
    code: 'machine_refused',
    hint: 'A server that uploads by itself has to take a new key for each archive.',
  });
  expect(await sleeper.row()).toMatchObject({ state: 'active', archive_failures: 1 });
  await sleeper.expectData();
});
