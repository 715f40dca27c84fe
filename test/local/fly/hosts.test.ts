import { describe, expect, it } from 'vitest';
import { Hosts } from '../../../src/local/fly/hosts/hosts.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { createdMachine, machineRequest, newVolume } from '../../support/fly-machines.js';

describe('hosts', () => {
  it('of a region take turns, and full or unreachable ones are left out', () => {
    const hosts = new Hosts(['sjc', 'ams']);
    const placed = () => hosts.place('sjc')?.id;
    expect(new Set([placed(), placed()])).toEqual(new Set(['sjc-1', 'sjc-2']));
    hosts.setFull('sjc-1', true);
    expect([placed(), placed()]).toEqual(['sjc-2', 'sjc-2']);
    hosts.setReachable('sjc-2', false);
    expect(placed()).toBeUndefined();
    expect(hosts.place('ams')?.region).toBe('ams');
  });

  it('are known by name only', () => {
    expect(() => new Hosts(['sjc']).setFull('ams-1', true)).toThrow('sjc-1, sjc-2');
  });
});

describe('capacity that is gone', () => {
  it('in a region refuses a volume with 409 and a machine with 422, and the next region of a list is taken', async () => {
    await using fly = await withFlyEmulator();
    fly.hosts.setRegionFull('sjc', true);
    expect(await callFly(fly, 'POST', '/volumes', { name: 'data', region: 'sjc' })).toMatchObject({
      status: 409,
      body: { error: 'aborted: no capacity' },
    });
    expect(await callFly(fly, 'POST', '/machines', machineRequest())).toMatchObject({
      status: 422,
      body: { status: 'insufficient_capacity' },
    });
    expect((await createdMachine(fly, {}, { region: 'sjc,ams' })).region).toBe('ams');
  });

  it('on the host of a volume refuses the machine on it with 412', async () => {
    await using fly = await withFlyEmulator();
    const volume = await newVolume(fly);
    for (const { id, region } of fly.hosts.list()) if (region === 'sjc') fly.hosts.setFull(id, true);
    const mounts = [{ volume: volume.id, path: '/data' }];
    expect(await callFly(fly, 'POST', '/machines', machineRequest({ mounts }))).toMatchObject({
      status: 412,
      body: { status: 'volume_placement_capacity' },
    });
  });
});
