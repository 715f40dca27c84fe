import { describe, expect, it, vi } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  createdMachine,
  destroyed,
  getMachine,
  machineRequest,
  programPid,
  reach,
  startedMachine,
  tell,
  waitInVain,
} from '../../support/fly-machines.js';

const always = Number.POSITIVE_INFINITY;

describe('a machine that is stuck', () => {
  it('in created refuses a start for hours, and goes on when the fault is removed', async () => {
    await using fly = await withFlyEmulator();
    const stuck = fly.faults.add({ kind: 'stuck', state: 'created', times: 1 });
    const { id } = await createdMachine(fly);
    await fly.clock.advance(3 * 3_600_000);
    expect((await getMachine(fly, id)).state).toBe('created');
    expect((await callFly(fly, 'POST', `/machines/${id}/start`)).status).toBe(412);
    expect((await startedMachine(fly)).state).toBeDefined();
    stuck.remove();
    await reach(fly, id, 'started');
    expect(fly.faults.list()).toEqual([]);
  });

  it('stays in any passing state, and its target alone does', async () => {
    await using fly = await withFlyEmulator({ timings: { destroyLingerMs: 60_000 } });
    const { id } = await startedMachine(fly);
    const other = await startedMachine(fly);
    const sticksIn = async (
      state: 'stopping' | 'starting' | 'replacing' | 'suspending',
      act: () => Promise<unknown>,
    ) => {
      const stuck = fly.faults.add({ kind: 'stuck', state, target: id, times: 1 });
      await act();
      await vi.waitFor(() => expect(fly.faults.list()).toMatchObject([{ left: 0 }]));
      expect((await getMachine(fly, id)).state).toBe(state);
      stuck.remove();
    };
    await sticksIn('stopping', () => tell(fly, id, 'stop'));
    await reach(fly, id, 'stopped');
    await sticksIn('starting', () => tell(fly, id, 'start'));
    await reach(fly, id, 'started');
    await sticksIn('replacing', () => callFly(fly, 'POST', `/machines/${id}`, machineRequest()));
    await reach(fly, id, 'started');
    await sticksIn('suspending', () => tell(fly, id, 'suspend'));
    await reach(fly, id, 'suspended');
    fly.faults.add({ kind: 'stuck', state: 'stopping', target: id, times: always });
    await tell(fly, other.id, 'stop');
    await reach(fly, other.id, 'stopped');
  });

  it('is destroyed by force all the same', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ kind: 'stuck', state: 'starting', times: always });
    const { id } = await createdMachine(fly);
    await vi.waitFor(async () => expect((await getMachine(fly, id)).state).toBe('starting'));
    expect((await callFly(fly, 'DELETE', `/machines/${id}`)).status).toBe(412);
    await destroyed(fly, id);
  });

  it('in destroying is not destroyed by anything', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const stuck = fly.faults.add({ kind: 'stuck', state: 'destroying', times: 1 });
    for (let time = 1; time <= 2; time++)
      expect((await callFly(fly, 'DELETE', `/machines/${id}?force=true`)).status).toBe(200);
    expect(await waitInVain(fly, id, 'state=destroyed')).toMatchObject({
      status: 408,
      body: { error: expect.stringContaining('currently destroying') },
    });
    stuck.remove();
    await reach(fly, id, 'destroyed');
  });

  it('does not keep the emulator from ending', async () => {
    const fly = await withFlyEmulator();
    await using _ended = fly;
    fly.faults.add({ kind: 'stuck', state: 'stopping', times: always });
    const { id } = await startedMachine(fly);
    await tell(fly, id, 'stop');
    await vi.waitFor(async () => expect((await getMachine(fly, id)).state).toBe('stopping'));
    await fly.stop();
  });
});

describe('snapshots', () => {
  it('that was lost costs one cold boot, and the next one holds again', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const pids = [await programPid(fly, id)];
    fly.faults.loseSnapshot(id);
    for (let nap = 1; nap <= 2; nap++) {
      await tell(fly, id, 'suspend');
      await reach(fly, id, 'suspended');
      await tell(fly, id, 'start');
      await reach(fly, id, 'started');
      pids.push(await programPid(fly, id));
    }
    expect(pids.map((pid) => pid === pids[0])).toEqual([true, false, false]);
    expect(pids[2]).toBe(pids[1]);
  });

  it('of all machines can be lost at once', async () => {
    await using fly = await withFlyEmulator();
    const machines = [await startedMachine(fly), await startedMachine(fly)];
    const counts = () => Promise.all(machines.map(async ({ id }) => (await askProgram(fly, id, '/count')).counter));
    expect([await counts(), await counts()]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    for (const { id } of machines) {
      await tell(fly, id, 'suspend');
      await reach(fly, id, 'suspended');
    }
    fly.faults.loseSnapshots();
    for (const { id } of machines) {
      await tell(fly, id, 'start');
      await reach(fly, id, 'started');
    }
    expect(await counts()).toEqual([1, 1]);
  });
});
