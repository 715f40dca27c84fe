import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/local/project-server/environment.js';
import { makeDataDir, runProjectServer, runStore } from '../../support/project-server.js';

interface Wish {
  readonly what: string;
  readonly authorized: boolean;
  readonly atMs: number;
}

/** Fly's local socket, which answers this to every wish. */
async function runApiSocket(dir: string, status: number, onWish: () => void = () => undefined) {
  const wishes: Wish[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    wishes.push({ what: `${method} ${url}`, authorized: 'authorization' in headers, atMs: performance.now() });
    onWish();
    response.writeHead(status).end();
  });
  const apiSocket = join(dir, 'api');
  await once(server.listen(apiSocket), 'listening');
  return {
    wishes,
    machine: { app: 'projects', id: '3d9d49434fb12a', apiSocket },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const afterSecs = 0.08;

describe('the wish to sleep', () => {
  it('goes to the local socket, without a token', async () => {
    await using data = await makeDataDir();
    await using api = await runApiSocket(data.dir, 200);
    await using used = await runProjectServer(data.dir, { selfSuspend: { afterSecs, machine: api.machine } });
    await used.client.configure();
    await expect.poll(() => api.wishes.length).toBeGreaterThan(1);
    expect(api.wishes[0]).toMatchObject({
      what: 'POST /v1/apps/projects/machines/3d9d49434fb12a/suspend',
      authorized: false,
    });
  });

  it('that is refused is repeated ever less often, complained of once, and forgotten with the next use', async () => {
    await using data = await makeDataDir();
    await using api = await runApiSocket(data.dir, 412);
    const complaints: string[] = [];
    const selfSuspend = { afterSecs, machine: api.machine };
    await using used = await runProjectServer(data.dir, { selfSuspend, onLog: (line) => complaints.push(line) });
    await used.client.configure();
    await expect.poll(() => api.wishes.length).toBe(4);
    const [first = 0, second = 0, third = 0, fourth = 0] = api.wishes.map(({ atMs }) => atMs);
    for (const [pauseMs, factor] of [
      [second - first, 2],
      [third - second, 4],
      [fourth - third, 8],
    ] as const) {
      expect(pauseMs).toBeGreaterThan(factor * afterSecs * 900);
    }
    expect(complaints).toEqual(['The machine could not suspend itself: Fly answered 412.']);
    await used.client.get('a');
    await expect.poll(() => complaints.length).toBe(2);
  });

  it('that nobody takes is no fault either', async () => {
    await using data = await makeDataDir();
    const machine = { app: 'projects', id: 'm', apiSocket: join(data.dir, 'nowhere') };
    const complaints: string[] = [];
    const onLog = (line: string) => complaints.push(line);
    await using used = await runProjectServer(data.dir, { selfSuspend: { afterSecs, machine }, onLog });
    await used.client.configure();
    await expect.poll(() => complaints).toEqual([expect.stringContaining('nowhere: ENOENT')]);
    expect((await used.client.get('a')).status).toBe(404);
  });

  it('comes after the report of the last use', async () => {
    await using data = await makeDataDir();
    await using control = await runStore();
    const reportedAtWish: number[] = [];
    await using api = await runApiSocket(data.dir, 200, () => reportedAtWish.push(control.requests.length));
    await using used = await runProjectServer(data.dir, {
      selfSuspend: { afterSecs, machine: api.machine },
      activityReports: { controlUrl: control.url, everySecs: 3600 },
    });
    await used.client.configure();
    await used.client.get('a');
    await used.client.get('b');
    await expect.poll(() => reportedAtWish.length).toBeGreaterThan(0);
    expect(reportedAtWish[0]).toBe(2);
  });
});

describe('in the environment', () => {
  const own = { VALET_DATA_DIR: '/data', VALET_INTERNAL_SECRET: 's' };
  const atFly = { ...own, FLY_APP_NAME: 'projects', FLY_MACHINE_ID: 'm' };

  it('a machine suspends itself after a minute, over the socket that Fly has, unless told otherwise', () => {
    expect(readEnvironment(atFly).selfSuspend).toEqual({
      afterSecs: 60,
      machine: { app: 'projects', id: 'm', apiSocket: '/.fly/api' },
    });
    const otherwise = { ...atFly, VALET_IDLE_SUSPEND_SECS: '5', FLY_API_SOCKET: '/tmp/api' };
    expect(readEnvironment(otherwise).selfSuspend).toMatchObject({ afterSecs: 5, machine: { apiSocket: '/tmp/api' } });
  });

  it('0 seconds switch it off, and so does what is no machine of Fly', () => {
    expect(readEnvironment({ ...atFly, VALET_IDLE_SUSPEND_SECS: '0' }).selfSuspend).toBeUndefined();
    expect(readEnvironment(own).selfSuspend).toBeUndefined();
  });

  it('seconds that are none are named', () => {
    expect(() => readEnvironment({ ...atFly, VALET_IDLE_SUSPEND_SECS: 'never' })).toThrow('VALET_IDLE_SUSPEND_SECS');
  });
});
