import { describe, expect, it } from 'vitest';
import { type Fault, matchFault } from '../../../src/local/fly/faults/match.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { listMachines, machineRequest, startedMachine } from '../../support/fly-machines.js';

describe('matching a fault', () => {
  const refuse: Fault = { call: 'start_machine', times: 1, kind: 'refuse', status: 409, error: 'full' };

  it('takes the oldest that fits and is not used up', () => {
    const faults = [{ ...refuse, times: 0 }, { ...refuse, target: 'other' }, refuse, refuse];
    expect(matchFault(faults, 'start_machine', 'mine')).toBe(2);
    expect(matchFault(faults, 'start_machine', 'other')).toBe(1);
    expect(matchFault(faults, 'stop_machine', 'mine')).toBeUndefined();
  });

  it('lets * fit every call, but an empty list only calls that list', () => {
    expect(matchFault([{ ...refuse, call: '*' }], 'get_app', undefined)).toBe(0);
    const empty: Fault = { call: '*', times: 1, kind: 'list_empty' };
    expect(matchFault([empty], 'list_machines', undefined)).toBe(0);
    expect(matchFault([empty], 'get_machine', 'any')).toBeUndefined();
  });
});

describe('a fault', () => {
  it('refuses as often as it was told to, and changes nothing', async () => {
    await using fly = await withFlyEmulator();
    const error = 'could not find a candidate host';
    const bodyStatus = 'insufficient_capacity';
    fly.faults.add({ call: 'create_machine', times: 2, kind: 'refuse', status: 422, error, bodyStatus });
    for (let attempt = 1; attempt <= 2; attempt++) {
      expect(await callFly(fly, 'POST', '/machines', machineRequest())).toMatchObject({
        status: 422,
        body: { error, status: bodyStatus },
      });
    }
    expect(await listMachines(fly)).toEqual([]);
    expect((await callFly(fly, 'POST', '/machines', machineRequest())).status).toBe(200);
  });

  it('can refuse after it acted all the same', async () => {
    await using fly = await withFlyEmulator();
    const late = { status: 408, error: 'deadline_exceeded', afterActing: true };
    fly.faults.add({ call: 'create_machine', times: 1, kind: 'refuse', ...late });
    expect((await callFly(fly, 'POST', '/machines', machineRequest())).status).toBe(408);
    expect(await listMachines(fly)).toHaveLength(1);
  });

  it('loses an answer only after it acted', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ call: 'create_machine', times: 1, kind: 'lose_answer' });
    await expect(callFly(fly, 'POST', '/machines', machineRequest())).rejects.toThrow();
    expect(await listMachines(fly)).toHaveLength(1);
  });

  it('empties a list without harm to the machines', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    fly.faults.add({ call: 'list_machines', times: 1, kind: 'list_empty' });
    expect(await listMachines(fly)).toEqual([]);
    expect(await listMachines(fly)).toEqual([id]);
  });

  it('delays the call on its target alone', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const other = await startedMachine(fly);
    fly.faults.add({ call: 'get_machine', times: 1, kind: 'delay', ms: 500, target: id });
    const order: string[] = [];
    const get = (machineId: string) => callFly(fly, 'GET', `/machines/${machineId}`).then(() => order.push(machineId));
    await Promise.all([get(id), get(other.id)]);
    expect(order).toEqual([other.id, id]);
  });

  it('is forgotten by clear', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ call: '*', times: Number.POSITIVE_INFINITY, kind: 'refuse', status: 503, error: 'down' });
    expect((await callFly(fly, 'GET', '/machines')).status).toBe(503);
    fly.faults.clear();
    expect((await callFly(fly, 'GET', '/machines')).status).toBe(200);
  });
});
