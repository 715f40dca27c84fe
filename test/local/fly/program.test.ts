import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { callFly, countingServer, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  createdMachine,
  exec,
  getMachine,
  machineRequest,
  newVolume,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe("a machine's program", () => {
  it('gets its config, what Fly sets and the volume folder, and nothing of ours', async () => {
    vi.stubEnv('VALET_TEST_SECRET_OF_OURS', 'leak');
    const env = { ADDED: 'by us', OTHER: 'weaker than the config' };
    await using fly = await withFlyEmulator({ projectServer: { ...countingServer, env } });
    const volume = await newVolume(fly);
    const { id, instance_id } = await startedMachine(fly, {
      env: { VALET_DATA_DIR: '/data', OTHER: '/database', FILE: '/data/a.db' },
      mounts: [{ volume: volume.id, path: '/data' }],
    });
    const seen = await askProgram(fly, id, '/env');
    vi.unstubAllEnvs();
    expect(seen).toMatchObject({
      FLY_APP_NAME: fly.app,
      FLY_MACHINE_ID: id,
      FLY_REGION: 'sjc',
      FLY_IMAGE_REF: 'registry.fly.io/app:1',
      FLY_MACHINE_VERSION: instance_id,
      FLY_VM_MEMORY_MB: '256',
      FLY_PRIVATE_IP: expect.stringMatching(/^fdaa:/),
      VALET_DATA_DIR: `${fly.dir}/volumes/${volume.id}`,
      FILE: `${fly.dir}/volumes/${volume.id}/a.db`,
      OTHER: '/database',
      ADDED: 'by us',
    });
    expect(seen).not.toHaveProperty('VALET_TEST_SECRET_OF_OURS');
  });

  it('that ends with success leaves its machine stopped, with an exit event', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    await askProgram(fly, id, '/exit/0');
    await reach(fly, id, 'stopped');
    expect((await getMachine(fly, id)).events[0]).toMatchObject({
      type: 'exit',
      request: { exit_event: { exit_code: 0, requested_stop: false, restarting: false } },
    });
  });

  it('that fails is started again, and at last left stopped', async () => {
    await using fly = await withFlyEmulator({
      projectServer: { command: process.execPath, args: ['-e', 'process.exit(7)'] },
      timings: { restartDelayMs: 1, createdMs: 0, startMs: 0 },
    });
    const restart = { policy: 'on-failure', max_retries: 2 };
    const { id } = await createdMachine(fly, { restart });
    await reach(fly, id, 'stopped');
    const { body } = await callFly(fly, 'GET', `/machines/${id}/events?limit=50`);
    const exits = z
      .array(z.looseObject({ type: z.string() }))
      .parse(body)
      .filter(({ type }) => type === 'exit');
    expect(exits).toMatchObject([
      { request: { restart_count: 2, exit_event: { exit_code: 7, restarting: false } } },
      { request: { exit_event: { exit_code: 7, restarting: true } } },
      { request: { exit_event: { exit_code: 7, restarting: true } } },
    ]);
    expect(body).toContainEqual(expect.objectContaining({ type: 'restart', status: 'starting', source: 'flyd' }));
  });

  it('has all its retries again after somebody has started it', async () => {
    await using fly = await withFlyEmulator({
      projectServer: { command: process.execPath, args: ['-e', 'process.exit(7)'] },
      timings: { restartDelayMs: 1, createdMs: 0, startMs: 0 },
    });
    const { id } = await createdMachine(fly, { restart: { policy: 'on-failure', max_retries: 1 } });
    await reach(fly, id, 'stopped');
    await tell(fly, id, 'start');
    await reach(fly, id, 'stopped');
    const exits = (await getMachine(fly, id)).events.filter(({ type }) => type === 'exit');
    expect(exits).toMatchObject([
      { request: { exit_event: { restarting: false } } },
      { request: { exit_event: { restarting: true } } },
    ]);
  });

  it('that cannot be spawned by a create leaves no machine, and frees its volume', async () => {
    await using fly = await withFlyEmulator({
      projectServer: { command: '/nowhere/program', args: [] },
      timings: { destroyLingerMs: 60_000, volumeUnbindMs: 0 },
    });
    const volume = await newVolume(fly);
    const { id } = await createdMachine(fly, { mounts: [{ volume: volume.id, path: '/data' }] });
    await reach(fly, id, 'destroyed');
    const { events } = await getMachine(fly, id);
    expect(events.map(({ status }) => status).slice(0, 2)).toEqual(['destroyed', 'launch_failed']);
    expect((await callFly(fly, 'DELETE', `/volumes/${volume.id}`)).status).toBe(200);
  });

  it('that cannot be spawned later leaves its machine failed once the restart policy has had enough', async () => {
    await using fly = await withFlyEmulator({
      images: { broken: { command: '/nowhere/program', args: [] } },
      timings: { restartDelayMs: 1 },
    });
    const { id } = await startedMachine(fly);
    await callFly(fly, 'POST', `/machines/${id}`, machineRequest({ image: 'broken', restart: { max_retries: 2 } }));
    await reach(fly, id, 'failed');
    expect((await getMachine(fly, id)).events[0]).toMatchObject({ type: 'start', status: 'failed' });
    await callFly(fly, 'POST', `/machines/${id}`, machineRequest());
    await reach(fly, id, 'started');
  });

  it('that fails takes its machine with it when the config says so', async () => {
    await using fly = await withFlyEmulator({ timings: { destroyLingerMs: 60_000 } });
    const { id } = await startedMachine(fly, { auto_destroy: true, restart: { policy: 'no' } });
    await askProgram(fly, id, '/exit/3');
    await reach(fly, id, 'destroyed');
    const { body } = await callFly(fly, 'GET', `/machines/${id}/events`);
    expect(body).toMatchObject([
      { type: 'destroy', status: 'destroyed' },
      { type: 'destroy', status: 'destroying' },
      { type: 'exit', request: { exit_event: { exit_code: 3, guest_exit_code: 3, oom_killed: false } } },
      {},
      {},
      {},
      {},
    ]);
  });

  it('finds the root folder of the image after a stop, and its own after a suspend', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    expect(await askProgram(fly, id, '/boots')).toEqual({ boots: 1 });
    await exec(fly, id, ['touch', 'left-behind']);
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await exec(fly, id, ['cat', 'left-behind'])).toMatchObject({ exit_code: 0 });
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/boots')).toEqual({ boots: 1 });
    expect(await exec(fly, id, ['cat', 'left-behind'])).toMatchObject({ exit_code: 1, stderr: expect.any(String) });
  });

  it('finds its own root folder where the config lets it persist', async () => {
    await using fly = await withFlyEmulator();
    const always = await startedMachine(fly, { rootfs: { persist: 'always' } });
    await askProgram(fly, always.id, '/boots');
    await tell(fly, always.id, 'stop');
    await reach(fly, always.id, 'stopped');
    await tell(fly, always.id, 'start');
    await reach(fly, always.id, 'started');
    expect(await askProgram(fly, always.id, '/boots')).toEqual({ boots: 2 });
  });
});

describe('an image', () => {
  it('that is not named runs the stand-in, whatever it is called, and one that is named nothing of the stand-in’s', async () => {
    const stand = { ...countingServer, env: { STAND_IN: 'yes' } };
    await using fly = await withFlyEmulator({ projectServer: stand, images: { named: countingServer } });
    const odd = await startedMachine(fly, { image: 'constructor' });
    expect(await askProgram(fly, odd.id, '/env')).toHaveProperty('STAND_IN', 'yes');
    const named = await startedMachine(fly, { image: 'named:2' });
    expect(await askProgram(fly, named.id, '/env')).not.toHaveProperty('STAND_IN');
  });

  const echo = (what: string) => ({ command: process.execPath, args: ['-e', `${log}('${what}')`] });
  const log = 'setInterval(() => {}, 1000); console.log';

  it('that is named runs its own program, by its full name before its short one', async () => {
    const images = { 'registry.fly.io/tool': echo('any'), 'registry.fly.io/tool:2': echo('second') };
    await using fly = await withFlyEmulator({ images });
    const first = await startedMachine(fly, { image: 'registry.fly.io/tool:1@sha256:00' });
    const second = await startedMachine(fly, { image: 'registry.fly.io/tool:2' });
    await untilLogged(fly, first.id, 'any');
    await untilLogged(fly, second.id, 'second');
  });

  it('that is named is told by init what to run', async () => {
    await using fly = await withFlyEmulator({ images: { tool: echo('image') } });
    const script = `${log}`;
    const cmd = await startedMachine(fly, { image: 'tool', init: { cmd: ['-e', `${script}('cmd')`] } });
    const exec = await startedMachine(fly, { image: 'tool', init: { exec: ['/bin/sh', '-c', 'echo exec; sleep 60'] } });
    const entry = { entrypoint: ['/bin/sh', '-c'], cmd: ['echo entry; sleep 60'] };
    const entrypoint = await startedMachine(fly, { image: 'tool', init: entry });
    await untilLogged(fly, cmd.id, 'cmd');
    await untilLogged(fly, exec.id, 'exec');
    await untilLogged(fly, entrypoint.id, 'entry');
  });

  it('that is not named runs the stand-in, which does not heed init', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { init: { exec: ['/app/server'], swap_size_mb: 512 } });
    expect(await askProgram(fly, id, '/count')).toEqual({ counter: 1 });
  });
});

async function untilLogged(fly: TestFlyEmulator, id: string, text: string): Promise<void> {
  const read = () => readFile(join(fly.dir, 'logs', `${id}.log`), 'utf8');
  await vi.waitFor(async () => expect(await read()).toBe(`${text}\n`), { timeout: 10_000, interval: 20 });
}
