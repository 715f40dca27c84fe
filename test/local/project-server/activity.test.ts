import { describe, expect, it, vi } from 'vitest';
import { internalSecret, makeDataDir, runProjectServer, runStore } from '../../support/project-server.js';

describe('activity', () => {
  it('G11: is what people do, not what the control plane asks', async () => {
    await using data = await makeDataDir();
    await using control = await runStore();
    const activityReports = { controlUrl: control.url, everySecs: 60 };
    await using used = await runProjectServer(data.dir, { activityReports });
    await used.client.fetch('/');
    await used.client.configure(1);
    await used.client.status();
    await used.client.call('resume', 2);
    expect((await used.client.status()).body.last_activity_at).toBeNull();
    await used.client.get('a');
    const { last_activity_at } = (await used.client.status()).body;
    expect(new Date(String(last_activity_at)).toISOString()).toBe(last_activity_at);
    await vi.waitFor(() => expect(control.requests).toHaveLength(1));
    expect(control.requests[0]).toMatchObject({ method: 'POST', path: '/api/projects/demo/activity' });
    expect(control.requests[0]?.headers.authorization).toBe(`Bearer ${internalSecret}`);
  });

  it('G11: is not what the router says only observes', async () => {
    await using data = await makeDataDir();
    await using used = await runProjectServer(data.dir);
    await used.client.configure(1);
    const src = { 'fly-replay-src': 'instance=cp-1;region=sjc;t=1700000000000000;state=observer' };
    expect((await used.client.fetch('/kv', { headers: src })).status).toBe(200);
    expect((await used.client.status()).body.last_activity_at).toBeNull();
    const other = { 'fly-replay-src': 'instance=cp-1;region=sjc;t=1700000000000000;state=observers' };
    await used.client.fetch('/kv', { headers: other });
    expect((await used.client.status()).body.last_activity_at).not.toBeNull();
  });

  it('is reported at once, and then not again before the interval is over', async () => {
    await using data = await makeDataDir();
    await using control = await runStore();
    const activityReports = { controlUrl: `${control.url}/`, everySecs: 60 };
    await using used = await runProjectServer(data.dir, { activityReports });
    await used.client.configure(1);
    await used.client.get('a');
    await vi.waitFor(() => expect(control.requests).toHaveLength(1));
    for (const key of ['b', 'c', 'd']) await used.client.get(key);
    await fetch(`${control.url}/marker`);
    expect(control.requests.map((request) => request.path)).toEqual(['/api/projects/demo/activity', '/marker']);
  });

  it('is reported again when the interval is over, what a WebSocket says included', async () => {
    await using data = await makeDataDir();
    await using control = await runStore();
    const activityReports = { controlUrl: control.url, everySecs: 0.05 };
    await using used = await runProjectServer(data.dir, { activityReports });
    await used.client.configure(1);
    const webSocket = await used.client.webSocket();
    for (const reports of [2, 3, 4]) {
      webSocket.send('still here');
      await vi.waitFor(() => expect(control.requests.length).toBeGreaterThanOrEqual(reports), { timeout: 10_000 });
    }
    webSocket.terminate();
  });

  it('drops a report that fails and disturbs nobody', async () => {
    await using data = await makeDataDir();
    await using control = await runStore();
    control.next.push('reset', 500, 'hang');
    const activityReports = { controlUrl: control.url, everySecs: 0.02 };
    await using used = await runProjectServer(data.dir, { activityReports });
    await used.client.configure(1);
    await vi.waitFor(async () => {
      expect((await used.client.get('a')).status).toBe(404);
      expect(control.requests.length).toBeGreaterThan(3);
    });
  });
});
