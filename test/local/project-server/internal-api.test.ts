import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { internalSecret, makeDataDir, runProjectServer } from '../../support/project-server.js';

const bearer = { authorization: `Bearer ${internalSecret}` };

describe('the machine protocol over HTTP', () => {
  it('answers 401 without the secret, on paths that exist and on paths that do not', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    for (const path of ['/internal/status', '/internal/resume', '/internal/nothing', '/internal']) {
      for (const authorization of ['', 'Bearer wrong', `Basic ${internalSecret}`, internalSecret]) {
        const answer = await used.client.fetch(path, { headers: { authorization } });
        expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'unauthorized']);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
      }
    }
    expect((await used.client.fetch('/internal/nothing', { headers: bearer })).status).toBe(404);
    expect((await used.client.fetch('/internal/resume', { headers: bearer })).status).toBe(405);
  });

  it('is not to be reached by the path form of a project', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure();
    for (const path of ['/projects/demo/internal/status', '//internal/status']) {
      expect((await used.client.fetch(path, { headers: bearer })).status).toBe(404);
    }
  });

  it('requires a decimal epoch on every call that changes something', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    for (const epoch of [undefined, '', '-1', '1.5', '0x10', '99999999999999999']) {
      const headers: Record<string, string> = epoch === undefined ? bearer : { ...bearer, 'valet-epoch': epoch };
      for (const name of ['configure', 'restore-from-r2', 'archive-to-r2', 'resume']) {
        const answer = await used.client.fetch(`/internal/${name}`, { method: 'POST', headers, body: '{}' });
        expect([epoch, name, answer.status, answer.body.code]).toEqual([epoch, name, 400, 'epoch_required']);
      }
    }
  });

  it('refuses a body that breaks the rules without repeating it', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    const bad = await used.client.call('configure', 1, { project_id: 'Not A Label', deploy_key: 'vk_secret' });
    expect(bad).toMatchObject({ status: 400, body: { code: 'request_invalid' } });
    expect(bad.body.detail).toContain('project_id');
    const headers = { ...bearer, 'valet-epoch': '1' };
    const torn = await used.client.fetch('/internal/configure', {
      method: 'POST',
      headers,
      body: '{"deploy_key":"vk_',
    });
    expect(torn.body).toMatchObject({ code: 'request_invalid', detail: 'The body is not JSON.' });
    const huge = { method: 'POST', headers, body: 'x'.repeat(100_000) };
    expect((await used.client.fetch('/internal/configure', huge)).status).toBe(413);
    expect((await used.client.status()).body).toMatchObject({ project_id: null, epoch: 0 });
  });

  it('tells a blank machine from a configured one', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    const blank = {
      ready: true,
      project_id: null,
      epoch: 0,
      serving: false,
      quiesced: false,
      protocol: 1,
      tables: null,
    };
    expect((await used.client.status()).body).toEqual({ ...blank, open_connections: 0, last_activity_at: null });
    expect(await used.client.configure(3)).toMatchObject({ status: 200, body: { project_id: 'demo', epoch: 3 } });
    const tables = { _valet: 1, kv: 0 };
    expect((await used.client.status()).body).toMatchObject({ project_id: 'demo', epoch: 3, serving: true, tables });
  });

  it('is configured again by its own project only, and keeps no trace of a call meant for another', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure(3);
    await used.client.put('a', '1');
    expect((await used.client.configure(4)).status).toBe(200);
    expect((await used.client.get('a')).text).toBe('1');
    const other = await used.client.configure(99, 'other');
    expect(other).toMatchObject({ status: 409, body: { code: 'other_project', project_id: 'demo' } });
    expect((await used.client.status()).body.epoch).toBe(4);
  });

  it('G6: refuses a smaller epoch, over a restart too', async () => {
    await using data = await makeDataDir();
    {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(7);
    }
    await using again = await runProjectServer(data.dir);
    const stale = { status: 409, body: { code: 'stale_epoch', epoch: 7 } };
    expect(await again.client.configure(6)).toMatchObject(stale);
    expect(await again.client.call('resume', 6)).toMatchObject(stale);
    expect((await again.client.status()).body).toMatchObject({ project_id: 'demo', epoch: 7, serving: true });
  });

  it('finishes a configure that a crash interrupted, for the same project only', async () => {
    await using data = await makeDataDir();
    {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(3);
    }
    // As after a crash between making the database and noting whose it is.
    await rm(join(data.dir, 'state.json'));
    await using again = await runProjectServer(data.dir);
    expect((await again.client.status()).body.project_id).toBeNull();
    expect(await again.client.configure(3, 'other')).toMatchObject({ status: 409, body: { code: 'other_project' } });
    expect((await again.client.configure(3)).status).toBe(200);
  });

  it('does not start as a project whose database is gone', async () => {
    await using data = await makeDataDir();
    {
      await using used = await runProjectServer(data.dir);
      await used.client.configure(3);
    }
    await rm(join(data.dir, 'project.sqlite'));
    await expect(runProjectServer(data.dir)).rejects.toThrow('of project demo is gone');
  });

  it('G12: writes no deploy key and no secret to the volume', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure();
    const state = await readFile(join(data.dir, 'state.json'), 'utf8');
    expect(state).toContain('"deploy_key_sha256":"');
    expect(state).not.toContain('vk_secret');
    expect(state).not.toContain(internalSecret);
  });
});
