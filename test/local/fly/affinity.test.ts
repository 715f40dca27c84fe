import { describe, expect, it } from 'vitest';
import { affinityCookie } from '../../../src/local/fly/api/affinity.js';
import { callApi } from '../../support/fly-api.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';

describe('the affinity cookie', () => {
  it('is decided by the method and by what Fly is taken to do', () => {
    expect(affinityCookie('POST', 'app', true)).toEqual({ 'set-cookie': expect.stringContaining('Path=/v1/apps/app') });
    expect(affinityCookie('GET', 'app', true)).toEqual({});
    expect(affinityCookie('POST', 'app', false)).toEqual({});
  });

  it('comes with writes, for the path of their app', async () => {
    await using fly = await withFlyEmulator();
    const cookieOf = ({ headers }: { headers: Headers }) => headers.get('set-cookie');
    const made = await callApi(fly, 'POST', '/apps', { body: { app_name: 'one', org_slug: 'personal' } });
    expect(cookieOf(made)).toMatch(/^fly_flaps_affinity=\S+; Path=\/v1\/apps\/one;/);
    const volume = await callFly(fly, 'POST', '/volumes', { name: 'data' });
    expect(cookieOf(volume)).toContain(`Path=/v1/apps/${fly.app};`);
    expect(cookieOf(await callFly(fly, 'GET', '/volumes'))).toBeNull();
    fly.unconfirmed.set({ affinityCookie: 'missing' });
    expect(cookieOf(await callFly(fly, 'POST', '/volumes', { name: 'data' }))).toBeNull();
  });
});
