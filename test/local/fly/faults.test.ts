import { describe, expect, it } from 'vitest';
import type { FlyCall } from '../../../src/local/fly/calls.js';
import type { Fault } from '../../../src/local/fly/faults/fault.js';
import { type CallFacts, fitsCall, fitsMachine } from '../../../src/local/fly/faults/match.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { listMachines, machineRequest, startedMachine } from '../../support/fly-machines.js';

const refuse = { call: 'start_machine', times: 1, kind: 'refuse', status: 409, error: 'full' } as const;
const on = (call: FlyCall, target?: string, app = 'mine'): CallFacts => ({ call, target, app });

describe('matching a fault', () => {
  it('looks at the call, its target and its app', () => {
    expect(fitsCall(refuse, on('start_machine', 'a'))).toBe(true);
    expect(fitsCall(refuse, on('stop_machine', 'a'))).toBe(false);
    expect(fitsCall({ ...refuse, call: '*' }, on('get_app'))).toBe(true);
    expect(fitsCall({ ...refuse, target: 'a' }, on('start_machine', 'b'))).toBe(false);
    expect(fitsCall({ ...refuse, app: 'mine' }, on('start_machine', 'a'))).toBe(true);
    expect(fitsCall({ ...refuse, app: 'other' }, on('start_machine', 'a'))).toBe(false);
  });

  it('lets what concerns lists hit lists alone', () => {
    const empty: Fault = { call: '*', times: 1, kind: 'list_empty' };
    expect(fitsCall(empty, on('list_machines'))).toBe(true);
    expect(fitsCall(empty, on('get_machine', 'a'))).toBe(false);
    expect(fitsCall({ ...empty, kind: 'list_stale' }, on('list_volumes'))).toBe(true);
    expect(fitsCall({ ...empty, kind: 'list_stale' }, on('list_regions'))).toBe(false);
  });

  it('forgets a target for whoever reads, and for the call that is named', () => {
    const forget: Fault = { call: '*', times: 1, kind: 'forget', target: 'a' };
    for (const call of ['get_machine', 'wait_machine'] as const)
      expect(fitsCall(forget, on(call, 'a')), call).toBe(true);
    expect(fitsCall(forget, on('list_machines'))).toBe(true);
    expect(fitsCall(forget, on('get_machine', 'b'))).toBe(false);
    expect(fitsCall(forget, on('start_machine', 'a'))).toBe(false);
    expect(fitsCall({ ...forget, call: 'start_machine' }, on('start_machine', 'a'))).toBe(true);
    const { target: _, ...next } = forget;
    expect(fitsCall(next, on('create_machine'))).toBe(true);
    expect(fitsCall(next, on('get_machine', 'a'))).toBe(false);
  });

  it('keeps machines by their state', () => {
    const stuck: Fault = { kind: 'stuck', times: 1, state: 'starting' };
    const machine = { id: 'a', app: 'mine', state: 'starting' };
    expect(fitsMachine(stuck, machine)).toBe(true);
    expect(fitsMachine(stuck, { ...machine, state: 'stopping' })).toBe(false);
    expect(fitsMachine({ ...stuck, target: 'b' }, machine)).toBe(false);
    expect(fitsCall(stuck, on('start_machine', 'a'))).toBe(false);
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

  it('hits the oldest first, and lets the next through when that is used up', async () => {
    await using fly = await withFlyEmulator();
    const answers = async () => (await callFly(fly, 'GET', '/machines')).status;
    for (const status of [501, 502])
      fly.faults.add({ call: 'list_machines', times: 1, kind: 'refuse', status, error: '' });
    expect([await answers(), await answers(), await answers()]).toEqual([501, 502, 200]);
  });

  it('is listed with what is left of it, until it is used up or removed', async () => {
    await using fly = await withFlyEmulator();
    const twice = fly.faults.add({ call: 'list_machines', times: 2, kind: 'drop' });
    const always = fly.faults.add({ call: 'list_volumes', times: Number.POSITIVE_INFINITY, kind: 'drop' });
    await expect(callFly(fly, 'GET', '/machines')).rejects.toThrow();
    expect(fly.faults.list()).toMatchObject([
      { id: twice.id, kind: 'drop', times: 2, left: 1 },
      { id: always.id, left: Number.POSITIVE_INFINITY },
    ]);
    await expect(callFly(fly, 'GET', '/machines')).rejects.toThrow();
    expect(fly.faults.list().map(({ id }) => id)).toEqual([always.id]);
    always.remove();
    expect(fly.faults.list()).toEqual([]);
    expect(fly.faults.remove(always.id)).toBe(false);
    expect((await callFly(fly, 'GET', '/volumes')).status).toBe(200);
  });

  it('is one of a thousand at most', async () => {
    await using fly = await withFlyEmulator();
    for (let count = 0; count < 1000; count++) fly.faults.add({ call: '*', times: 1, kind: 'drop', app: 'other' });
    expect(() => fly.faults.add({ call: '*', times: 1, kind: 'drop' })).toThrow('1000');
  });

  it('is forgotten by clear', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ call: '*', times: Number.POSITIVE_INFINITY, kind: 'refuse', status: 503, error: 'down' });
    expect((await callFly(fly, 'GET', '/machines')).status).toBe(503);
    fly.faults.clear();
    expect((await callFly(fly, 'GET', '/machines')).status).toBe(200);
  });
});
