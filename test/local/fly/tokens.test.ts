import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callApi } from '../../support/fly-api.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';

const hourMs = 3600 * 1000;
const unauthorized = { status: 403, body: { error: 'unauthorized' } };

/** A token for the emulator's app, minted with the organisation's or with the given one. */
async function deployToken(fly: TestFlyEmulator, body: object = {}, authorization?: string): Promise<string> {
  const call = authorization === undefined ? { body } : { body, authorization };
  const reply = await callApi(fly, 'POST', `/apps/${fly.app}/deploy_token`, call);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return z.object({ token: z.string() }).parse(reply.body).token;
}

describe('a deploy token', () => {
  it('is good for its app and nothing else', async () => {
    await using fly = await withFlyEmulator({ controlPlaneApp: 'control' });
    const authorization = await deployToken(fly);
    expect((await callApi(fly, 'GET', `/apps/${fly.app}/machines`, { authorization })).status).toBe(200);
    expect((await callApi(fly, 'GET', '/platform/regions', { authorization })).status).toBe(200);
    const elsewhere = [
      ['GET', '/apps/control'],
      ['GET', '/apps/control/machines'],
      ['GET', '/apps?org_slug=personal'],
      ['GET', '/orgs/personal/machines'],
      ['GET', '/orgs/personal/volumes'],
    ] as const;
    for (const [method, path] of elsewhere) {
      expect(await callApi(fly, method, path, { authorization }), path).toMatchObject(unauthorized);
    }
    const body = { app_name: 'one', org_slug: 'personal' };
    expect(await callApi(fly, 'POST', '/apps', { authorization, body })).toMatchObject(unauthorized);
    const where = { org_slug: 'personal' };
    expect(await callApi(fly, 'POST', '/platform/placements', { authorization, body: where })).toMatchObject(
      unauthorized,
    );
  });

  it('mints its successor, and ends when it was to', async () => {
    await using fly = await withFlyEmulator();
    const look = async (authorization: string) => callApi(fly, 'GET', `/apps/${fly.app}`, { authorization });
    const first = await deployToken(fly, { expiry: '1h' });
    const second = await deployToken(fly, { expiry: '2h' }, first);
    await fly.clock.advance(hourMs);
    expect(await look(first)).toMatchObject({
      status: 401,
      body: { error: 'Authenticate: token validation error' },
    });
    expect((await look(second)).status).toBe(200);
    await fly.clock.advance(hourMs);
    expect((await look(second)).status).toBe(401);
  });

  it('is taken with its own scheme, with Bearer, with both, and among others', async () => {
    await using fly = await withFlyEmulator();
    const given = await deployToken(fly);
    const bare = given.replace('FlyV1 ', '');
    for (const authorization of [given, `Bearer ${bare}`, `Bearer ${given}`, `FlyV1 fm2_other,${bare}`]) {
      expect((await callApi(fly, 'GET', `/apps/${fly.app}`, { authorization })).status, authorization).toBe(200);
    }
    expect((await callApi(fly, 'GET', `/apps/${fly.app}`, { authorization: bare })).status).toBe(401);
  });

  it('is refused without a body, and with a time that is none', async () => {
    await using fly = await withFlyEmulator();
    expect(await callFly(fly, 'POST', '/deploy_token')).toMatchObject({ status: 400, body: { error: 'EOF' } });
    expect((await callFly(fly, 'POST', '/deploy_token', { expiry: 'soon' })).status).toBe(400);
    expect((await callFly(fly, 'POST', '/deploy_token', { expiry: 3600 })).status).toBe(400);
  });

  it('ends with its app, also for the next one of that name', async () => {
    await using fly = await withFlyEmulator();
    const authorization = await deployToken(fly);
    await callFly(fly, 'DELETE', '?force=true');
    await expect.poll(async () => (await callFly(fly, 'GET', '')).status).toBe(404);
    await callApi(fly, 'POST', '/apps', { body: { app_name: fly.app, org_slug: 'personal' } });
    expect((await callApi(fly, 'GET', `/apps/${fly.app}`, { authorization })).status).toBe(401);
  });
});
