import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headingsOf, openBrowser } from '../support/browser.js';
import { control } from '../support/fly-control.js';
import { ask, type LocalPlatform, runningPlatform } from '../support/running-platform.js';

let platform: LocalPlatform;
let browser: Browser | undefined;

beforeAll(async () => {
  platform = await runningPlatform({ WARM_POOL_SIZE: '1', ROUTER_WAKE_TIMEOUT_SECS: '3' }, 1);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

async function makeDormant(id: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const created = await ask(platform, '/api/projects', { method: 'POST', headers, body: JSON.stringify({ id }) });
  expect(created.status, await created.clone().text()).toBe(201);
  expect((await ask(platform, `/projects/${id}/kv/name`, { method: 'PUT', body: `kept by ${id}` })).ok).toBe(true);
  // While the use just now is still being written down it is refused.
  const archive = async () => (await ask(platform, `/api/projects/${id}/archive`, { method: 'POST' })).status;
  await expect.poll(archive, { timeout: 20_000 }).toBe(200);
}

function addressOf(id: string, path = '/'): string {
  const url = new URL(path, platform.publicUrl);
  url.hostname = `${id}.localhost`;
  return url.href;
}

describe('a browser that opens the address of a dormant project', { timeout: 60_000 }, () => {
  test('waits and is shown the project, with the data that it had', async (context) => {
    if (browser === undefined) return context.skip('Chromium from npm runs on Linux x64 only.');
    await makeDormant('sleeper');
    const page = await browser.newPage();
    const answer = await page.goto(addressOf('sleeper', '/kv/name'));
    expect(answer?.status()).toBe(200);
    expect(await page.locator('body').textContent()).toBe('kept by sleeper');
    await page.close();
  });

  test('G5: is shown a page while the wake takes longer than it is held, and by itself the project', async (context) => {
    if (browser === undefined) return context.skip('Chromium from npm runs on Linux x64 only.');
    await makeDormant('slow');
    // Then the wake makes a machine, and that takes longer than a request is held.
    expect((await ask(platform, '/api/pool/drain', { method: 'POST' })).status).toBe(200);
    await control(platform.fly, 'POST', '/pace', { timings: { startMs: 5_000 } });
    const page = await browser.newPage();
    const headings = headingsOf(page);
    const first = await page.goto(addressOf('slow'));
    expect(first?.status()).toBe(503);
    expect(first?.headers()).toMatchObject({ 'retry-after': '2', 'cache-control': 'no-store' });
    await page.getByRole('heading', { name: 'slow', exact: true }).waitFor({ timeout: 30_000 });
    await expect.poll(() => headings).toEqual(['Still waking up', 'slow']);
    expect(await page.locator('p').textContent()).toContain('This project is awake.');
    await page.close();
  });
});
