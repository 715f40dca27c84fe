import { describe, expect, it } from 'vitest';
import type { FlyMachine, FlyVolume } from '../../../src/sdk/fly/wire.js';
import { Belongings, type OwnRow } from '../../../src/sdk/upkeep/orphan-verdict.js';

const ready: OwnRow = {
  id: 'a1',
  name: 'valet-x-a1',
  volume_name: 'vx_a1',
  fly_id: 'fly-1',
  volume_id: 'vol_1',
  state: 'ready',
  project_id: null,
  machine_gone: false,
  volume_gone: false,
  holds_data: false,
};
const assigned: OwnRow = { ...ready, state: 'assigned', project_id: 'p', holds_data: true };
const retiring: OwnRow = { ...ready, state: 'retiring', machine_gone: true };
const retired: OwnRow = { ...ready, state: 'retired', machine_gone: true, volume_gone: true };
const lost: OwnRow = { ...retired, project_id: 'p', holds_data: true };
const nothingLearned = { fly_id: null, volume_id: null };

const machine: FlyMachine = {
  id: 'fly-1',
  name: 'valet-x-a1',
  state: 'started',
  region: 'sjc',
  instance_id: '1',
  private_ip: '',
  config: { image: 'i', mounts: [{ volume: 'vol_1', path: '/data' }], metadata: { valet_machine: 'a1' } },
  created_at: '',
  updated_at: '',
};
const clone = { ...machine, id: 'fly-2', name: 'wandering-fog-12' };

const volume: FlyVolume = {
  id: 'vol_1',
  name: 'vx_a1',
  state: 'created',
  size_gb: 1,
  region: 'sjc',
  attached_machine_id: null,
  created_at: '',
};
const second = { ...volume, id: 'vol_2' };

describe('G13: a machine with our stamp', () => {
  it.each([
    ['of a living row', machine, ready, 'known'],
    ['of a row that retires', machine, { ...retiring, machine_gone: false }, 'known'],
    ['whose row has not learned its id yet', machine, { ...ready, ...nothingLearned, state: 'provisioning' }, 'known'],
    ['whose row was done before it learned its id', machine, { ...retired, ...nothingLearned }, 'returned'],
    ['that its row took for gone', machine, retired, 'returned'],
    ['that its row took for gone while its volume goes', machine, retiring, 'returned'],
    ['that its row took for gone, of a project that was lost with it', machine, lost, 'unaccounted'],
    ['without a row', machine, undefined, 'unaccounted'],
    ['that is a clone of a row’s machine', clone, ready, 'unaccounted'],
    ['that is a clone of a retired row’s machine', clone, retired, 'unaccounted'],
    ['that has the name of a row’s machine, but is another', { ...machine, id: 'fly-2' }, ready, 'unaccounted'],
    ['without a row, being created', { ...machine, state: 'starting' }, undefined, 'left_alone'],
    ['without a row, being destroyed', { ...machine, state: 'destroying' }, undefined, 'left_alone'],
    ['without a row, in a state that we do not know', { ...machine, state: 'pondering' }, undefined, 'left_alone'],
  ] as const)('%s', (_, seen, row, kind) => {
    expect(new Belongings(row ? [row] : [], [seen], []).judgeMachine(seen).kind).toBe(kind);
  });
});

describe('G13: a volume with our stamp', () => {
  const without = { ...machine, config: { image: 'i' } };
  it.each([
    ['of a living row', volume, ready, [machine], 'left_alone'],
    ['of a living row whose machine is not listed', volume, assigned, [], 'known'],
    ['that is kept after its machine has gone', volume, retiring, [], 'known'],
    [
      'whose row has not learned its id yet',
      volume,
      { ...ready, ...nothingLearned, state: 'provisioning' },
      [],
      'known',
    ],
    ['whose row was done before it learned its id', volume, { ...retired, ...nothingLearned }, [], 'returned'],
    ['that its row took for gone', volume, retired, [], 'returned'],
    ['that its row took for gone, of a project that was lost with it', volume, lost, [], 'unaccounted'],
    ['without a row', volume, undefined, [], 'unaccounted'],
    ['without a row, attached to a machine', { ...volume, attached_machine_id: 'f' }, undefined, [], 'left_alone'],
    ['without a row, that a machine’s configuration mounts', volume, undefined, [machine], 'left_alone'],
    ['without a row, being filled', { ...volume, state: 'hydrating' }, undefined, [], 'left_alone'],
    ['beside the one that the row’s machine uses', second, assigned, [machine], 'spare'],
    ['beside the row’s, whose machine is not listed', second, assigned, [], 'known'],
    ['beside the row’s, whose machine does not say what it mounts', second, assigned, [without], 'known'],
    [
      'to which Fly has moved the machine, unnoticed',
      volume,
      { ...assigned, volume_id: 'vol_0' },
      [machine],
      'left_alone',
    ],
    ['beside that of a row which still keeps its own', second, retiring, [], 'known'],
    ['beside that of a row which is done', second, retired, [], 'spare'],
    ['beside that of a row which is done, of a project that was lost', second, lost, [], 'unaccounted'],
  ] as const)('%s', (_, seen, row, machines, kind) => {
    expect(new Belongings(row ? [row] : [], machines, [volume, second]).judgeVolume(seen).kind).toBe(kind);
  });

  it('that Fly has left behind when it moved the machine is spare once the row has followed', () => {
    const moved = { ...machine, config: { image: 'i', mounts: [{ volume: 'vol_2', path: '/data' }] } };
    const both = [volume, second];
    expect(new Belongings([assigned], [moved], both).judgeVolume(volume).kind).toBe('known');
    expect(new Belongings([assigned], [moved], both).judgeVolume(second).kind).toBe('left_alone');
    const followed = { ...assigned, volume_id: 'vol_2' };
    expect(new Belongings([followed], [moved], both).judgeVolume(volume).kind).toBe('spare');
  });

  it('G1: that Fly has left behind is no spare while the new one is being filled from it, or is not seen', () => {
    const moved = { ...machine, config: { image: 'i', mounts: [{ volume: 'vol_2', path: '/data' }] } };
    const followed = { ...assigned, volume_id: 'vol_2' };
    const filling = { ...second, state: 'hydrating' };
    expect(new Belongings([followed], [moved], [volume, filling]).judgeVolume(volume).kind).toBe('known');
    expect(new Belongings([followed], [moved], [volume]).judgeVolume(volume).kind).toBe('known');
  });
});
