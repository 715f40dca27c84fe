import { describe, expect, it } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  expectGone,
  getMachine,
  programPid,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe('suspend', () => {
  it('keeps what the program has in memory', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    await askProgram(fly, id, '/count');
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    expect(fly.machines.find(fly.app, id)?.address).toBeUndefined();
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/count')).toEqual({ counter: 2 });
  });

  it('lets the program do nothing until it is resumed', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    await askProgram(fly, id, '/pid');
    const port = fly.machines.find(fly.app, id)?.address?.port;
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    const asked = fetch(`http://127.0.0.1:${port}/pid`);
    const silence = new Promise((resolve) => setTimeout(resolve, 300, 'silence'));
    expect(await Promise.race([asked, silence])).toBe('silence');
    await tell(fly, id, 'start');
    expect((await asked).status).toBe(200);
  });

  it('boots afresh when the snapshot is lost', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    await askProgram(fly, id, '/count');
    const pid = await programPid(fly, id);
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    fly.faults.loseSnapshot(id);
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/count')).toEqual({ counter: 1 });
    await expectGone(pid);
  });

  it('can be taken back while it is under way', async () => {
    await using fly = await withFlyEmulator({ timings: { suspendMs: 60_000 } });
    const { id } = await startedMachine(fly);
    await askProgram(fly, id, '/count');
    await tell(fly, id, 'suspend');
    expect((await getMachine(fly, id)).state).toBe('suspending');
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/count')).toEqual({ counter: 2 });
  });

  it('is refused above 2048 MB and with swap', async () => {
    await using fly = await withFlyEmulator();
    const large = { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 };
    for (const config of [{ guest: large }, { init: { swap_size_mb: 512 } }]) {
      const { id } = await startedMachine(fly, config);
      expect((await callFly(fly, 'POST', `/machines/${id}/suspend`)).status).toBe(412);
      expect((await getMachine(fly, id)).state).toBe('started');
    }
  });

  it('that is stopped ends the paused process', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const pid = await programPid(fly, id);
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    await expectGone(pid);
  });
});
