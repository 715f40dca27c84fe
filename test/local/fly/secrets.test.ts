import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { askProgram, reach, startedMachine, tell } from '../../support/fly-machines.js';

describe('secrets', () => {
  it('are set one by one and in bulk, where null removes, and every change is a version', async () => {
    await using fly = await withFlyEmulator();
    expect(await callFly(fly, 'POST', '/secrets/FIRST', { value: 'one' })).toMatchObject({
      status: 201,
      body: { name: 'FIRST', version: 1, Version: 1, digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    const bulk = await callFly(fly, 'POST', '/secrets', { values: { SECOND: 'two', THIRD: 'three', FIRST: null } });
    expect(bulk).toMatchObject({
      status: 200,
      body: { version: 2, Version: 2, secrets: [{ name: 'SECOND' }, { name: 'THIRD' }] },
    });
    expect(await callFly(fly, 'DELETE', '/secrets/THIRD')).toMatchObject({ status: 200, body: { version: 3 } });
    expect((await callFly(fly, 'GET', '/secrets')).body).toMatchObject({ secrets: [{ name: 'SECOND' }] });
    expect((await callFly(fly, 'GET', '/secrets/SECOND')).body).toMatchObject({ name: 'SECOND' });
  });

  it('are never shown', async () => {
    await using fly = await withFlyEmulator();
    const replies = [
      await callFly(fly, 'POST', '/secrets/KEY', { value: 'plain-text-value' }),
      await callFly(fly, 'POST', '/secrets', { values: { OTHER: 'plain-text-value' } }),
      await callFly(fly, 'GET', '/secrets'),
      await callFly(fly, 'GET', '/secrets/KEY'),
    ];
    expect(JSON.stringify(replies)).not.toContain('plain-text-value');
    expect((await callFly(fly, 'GET', '/secrets?show_secrets=true')).status).toBe(501);
  });

  it('are told apart by their digests', async () => {
    await using fly = await withFlyEmulator();
    const digestOf = async (value: string) => {
      const { body } = await callFly(fly, 'POST', '/secrets/KEY', { value });
      return z.object({ digest: z.string() }).parse(body).digest;
    };
    const first = await digestOf('a');
    expect(await digestOf('b')).not.toBe(first);
    expect(await digestOf('a')).toBe(first);
  });

  it('are in the environment of a machine from its next boot on, whatever its config says', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { env: { KEY: 'of the config' } });
    expect(await askProgram(fly, id, '/env')).toMatchObject({ KEY: 'of the config' });
    await callFly(fly, 'POST', '/secrets', { values: { KEY: 'of the app' } });
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    await tell(fly, id, 'start');
    expect(await askProgram(fly, id, '/env')).toMatchObject({ KEY: 'of the app' });
  });

  it('that are unknown are 404; bad names and values, and versions that do not exist, are refused', async () => {
    await using fly = await withFlyEmulator();
    expect((await callFly(fly, 'GET', '/secrets/NONE')).status).toBe(404);
    expect((await callFly(fly, 'DELETE', '/secrets/NONE')).status).toBe(404);
    expect((await callFly(fly, 'POST', '/secrets/with-dash', { value: 'x' })).status).toBe(400);
    expect((await callFly(fly, 'POST', '/secrets', { values: { '1ST': 'x' } })).status).toBe(400);
    expect((await callFly(fly, 'POST', '/secrets', { values: { KEY: 1 } })).status).toBe(400);
    await callFly(fly, 'POST', '/secrets/KEY', { value: 'x' });
    expect((await callFly(fly, 'GET', '/secrets?min_version=1')).status).toBe(200);
    expect((await callFly(fly, 'GET', '/secrets?version=2')).status).toBe(412);
  });
});
