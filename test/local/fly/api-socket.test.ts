import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FlyEmulator } from '../../../src/local/fly/emulator.js';
import { withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  createdMachine,
  destroyed,
  exec,
  getMachine,
  newVolume,
  programPid,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe("a machine's own way to the API", () => {
  it('lets it suspend itself without a token, and its answer waits for it when it is awake again', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const pid = await programPid(fly, id);
    await askProgram(fly, id, '/suspend-me');
    await reach(fly, id, 'suspended');
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/api-answers')).toEqual({ apiAnswers: [200] });
    expect(await programPid(fly, id)).toBe(pid);
  });

  it('is the whole API of its app and of no other', async () => {
    await using fly = await withFlyEmulator({ controlPlaneApp: 'control' });
    const { id } = await startedMachine(fly);
    const socket = await socketOf(fly, id);
    expect(await askSocket(socket, `/v1/apps/${fly.app}/machines`)).toBe(200);
    expect(await askSocket(socket, '/v1/apps/control/machines')).toBe(403);
  });

  it('is where a path below /.fly/api leads', async () => {
    await using fly = await withFlyEmulator();
    await newVolume(fly);
    const { id } = await startedMachine(fly, { env: { SOCKET: '/.fly/api' } });
    expect(await askProgram(fly, id, '/env')).toMatchObject({ SOCKET: await socketOf(fly, id) });
    expect(await exec(fly, id, ['test', '-S', '/.fly/api'])).toMatchObject({ exit_code: 0 });
  });

  it('is gone with its machine, and with the emulator', async () => {
    await using fly = await withFlyEmulator();
    const [first, second] = [await startedMachine(fly), await startedMachine(fly)];
    const sockets = [await socketOf(fly, first.id), await socketOf(fly, second.id)];
    await destroyed(fly, first.id);
    expect(sockets.map((path) => existsSync(path))).toEqual([false, true]);
    await fly.stop();
    expect(sockets.map((path) => existsSync(path))).toEqual([false, false]);
  });

  it('is there for machines that come after somebody has cleared its folder away', async () => {
    await using fly = await withFlyEmulator();
    await startedMachine(fly);
    await rm(join(fly.dir, 'api'), { recursive: true });
    const { id } = await startedMachine(fly);
    expect(await askSocket(await socketOf(fly, id), `/v1/apps/${fly.app}/machines`)).toBe(200);
  });

  it('costs its machine the launch where it cannot be, and the machine is destroyed', async () => {
    await using fly = await withFlyEmulator({ timings: { destroyLingerMs: 60_000 } });
    await writeFile(join(fly.dir, 'api'), 'in the way');
    const { id } = await createdMachine(fly);
    await reach(fly, id, 'destroyed');
    expect((await getMachine(fly, id)).events[1]).toMatchObject({ type: 'launch', status: 'launch_failed' });
  });

  it('has a short path also in a deep folder', async () => {
    await using folder = await deepFolder();
    await using fly = await withFlyEmulator({ dir: folder.path });
    const { id } = await startedMachine(fly);
    const socket = await socketOf(fly, id);
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
    expect(await askSocket(socket, `/v1/apps/${fly.app}/machines`)).toBe(200);
    await fly.stop();
    expect(existsSync(join(socket, '..'))).toBe(false);
  });
});

async function socketOf(fly: FlyEmulator, id: string): Promise<string> {
  return String((await askProgram(fly, id, '/env')).FLY_API_SOCKET);
}

/** The status of the answer. Any host name will do. */
async function askSocket(socketPath: string, path: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request({ socketPath, host: 'flaps', path }, (response) => resolve(response.resume().statusCode))
    .on('error', reject)
    .end();
  return promise;
}

async function deepFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const root = await mkdtemp(join(tmpdir(), 'valet-deep-'));
  const path = join(root, 'x'.repeat(100));
  await mkdir(path);
  return { path, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}
