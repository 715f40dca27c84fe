import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ask, type LocalPlatform, runningPlatform, transports } from '../support/running-platform.js';

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await runningPlatform({ WARM_POOL_SIZE: '2', WARM_POOL_REPLENISH_INTERVAL_SECS: '3600' }, 1);
  for (const id of ['demo', 'shop']) {
    const headers = { 'content-type': 'application/json' };
    await ask(platform, '/api/projects', { method: 'POST', headers, body: JSON.stringify({ id }) });
  }
  await ask(platform, '/api/projects/shop/archive', { method: 'POST' });
  await vi.waitFor(
    async () => expect(await (await ask(platform, '/api/pool')).json()).toMatchObject({ shortfall: 0 }),
    { timeout: 60_000 },
  );
});

afterAll(async () => {
  await platform.stop();
});

/** Only what is another each time: moments, made-up ids and the columns that give way to them. */
function lasting(text: string): string {
  return text
    .replaceAll(/localhost:\d+/g, 'localhost:PORT')
    .replaceAll(/(epoch"?): +\d+/g, '$1: EPOCH')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\b(\d+ (s|min)( ago)?|now)\b/g, 'AGE')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'SHA256')
    .replaceAll(/\b[0-9a-f]{16}\b/g, 'ARCHIVE')
    .replaceAll(/\b[0-9a-f]{14}\b/g, 'MACHINE')
    .replaceAll(/\d+\.\d+/g, 'N')
    .replaceAll(/ {3,}/g, '  ')
    .replaceAll(/ +$/gm, '');
}

/** The same over HTTP and directly; nothing goes to stderr but remarks. */
async function output(command: string): Promise<string> {
  const { directly, overHttp } = transports(platform);
  const [direct, http] = await Promise.all([directly(...command.split(' ')), overHttp(...command.split(' '))]);
  expect(http.exitCode).toBe(0);
  expect(lasting(direct.stdout)).toBe(lasting(http.stdout));
  return lasting(http.stdout);
}

test('projects list', async () => {
  expect(await output('projects list')).toMatchInlineSnapshot(`
    "ID  STATE  REGION  MACHINE  LAST ACTIVE  HELD
    demo  active  sjc  MACHINE  AGE  -
    shop  dormant  sjc  -  AGE  -"
  `);
  expect(await output('projects list --state dormant --quiet')).toBe('shop');
});

test('projects get', async () => {
  expect(await output('projects get shop')).toMatchInlineSnapshot(`
    "id:  shop
    state:  dormant
    url:  http://shop.localhost:PORT/
    region:  sjc
    last active: AGE (TIME)
    created:  AGE (TIME)
    epoch: EPOCH
    archive:  ARCHIVE (16 KiB, made AGE)"
  `);
});

test('projects get --json', async () => {
  expect(await output('projects get shop --json')).toMatchInlineSnapshot(`
    "{
      "id": "shop",
      "state": "dormant",
      "epoch": EPOCH,
      "region": "sjc",
      "url": "http://shop.localhost:PORT/",
      "machine_id": null,
      "last_active_at": "TIME",
      "hold_until": null,
      "created_at": "TIME",
      "archive": {
      "id": "ARCHIVE",
      "project_id": "shop",
      "r2_key": "projects/shop/ARCHIVE-ARCHIVE.sqlite",
      "r2_checksum": "SHA256",
      "size_bytes": 16384,
      "created_at": "TIME",
      "proven_at": "TIME"
      }
    }"
  `);
});

test('archives list', async () => {
  expect(await output('archives list shop')).toMatchInlineSnapshot(`
    "ID  MADE  SIZE  CURRENT  SHA-256
    ARCHIVE  AGE  16 KiB  yes  SHA256"
  `);
});

test('pool status', async () => {
  const [summary, regions] = (await output('pool status')).split('\n\n');
  expect(summary?.replace(/^(claims|claiming|provisioning):.*\n?/gm, '').trimEnd()).toMatchInlineSnapshot(`
    "mode:  filling
    members:  2 of 2 ready, 0 provisioning, 0 short"
  `);
  expect(regions).toMatchInlineSnapshot(`
    "REGION  TARGET  READY  PROVISIONING  OUTDATED  SHORT
    sjc  2  2  0  0  0"
  `);
});

test('sweep plan and route', async () => {
  expect(await output('sweep plan --older-than 52w --json')).toMatchInlineSnapshot(`
    "{
      "older_than_secs": 31449600,
      "archive": [],
      "skip": [],
      "left_over": 0
    }"
  `);
  expect(await output('route shop')).toMatchInlineSnapshot(`
    "Project shop is dormant.
    A request wakes it, waits until it is active (at most ROUTER_WAKE_TIMEOUT_SECS), and then goes to its machine.
    One that only looks (a probe, a link preview) wakes nothing: it is told that the project is asleep.
    One that comes back because a machine did not take it does not wait here: the project is woken, and the person waits at a page."
  `);
});
