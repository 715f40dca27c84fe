import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  createdMachine,
  getMachine,
  newVolume,
  reach,
  startedMachine,
} from '../../support/fly-machines.js';

describe("a machine's program", () => {
  it('gets its config, what Fly sets and the volume folder, and nothing of ours', async () => {
    vi.stubEnv('VALET_TEST_SECRET_OF_OURS', 'leak');
    await using fly = await withFlyEmulator({
      machineApiEnv: ({ url, machineId }) => ({ API: `${url}#${machineId}` }),
    });
    const volume = await newVolume(fly);
    const { id, instance_id } = await startedMachine(fly, {
      env: { VALET_DATA_DIR: '/data', OTHER: '/database', FILE: '/data/a.db' },
      mounts: [{ volume: volume.id, path: '/data' }],
    });
    const env = await askProgram(fly, id, '/env');
    vi.unstubAllEnvs();
    expect(env).toMatchObject({
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
      API: `${fly.url}#${id}`,
    });
    expect(env).not.toHaveProperty('VALET_TEST_SECRET_OF_OURS');
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
  });

  it('that cannot be spawned leaves its machine failed', async () => {
    await using fly = await withFlyEmulator({ projectServer: { command: '/nowhere/program', args: [] } });
    const { id } = await createdMachine(fly);
    await reach(fly, id, 'failed');
  });
});
