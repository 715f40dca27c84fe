import { describe, expect, it } from 'vitest';
import type { FlyMachineConfig, FlyVolume } from '../../../src/sdk/fly/wire.js';
import { candidateOf, isWorthAsking, migratedVolume } from '../../../src/sdk/upkeep/observe-decision.js';
import { recoveryOf } from '../../../src/sdk/upkeep/recover-decision.js';

const row = { fly_state: 'started', volume_id: 'vol_1', volume_name: 'v_1', missing_looks: 0 };
const config: FlyMachineConfig = { image: 'i', mounts: [{ volume: 'vol_1', path: '/data' }] };
const moved: FlyMachineConfig = { image: 'i', mounts: [{ volume: 'vol_2', path: '/data' }] };

describe('a machine is asked for by its id', () => {
  it.each([
    ['as listed before', row, { state: 'started', config }, false],
    ['not listed', row, undefined, true],
    ['listed in another state', row, { state: 'suspended', config }, true],
    ['listed with another volume', row, { state: 'started', config: moved }, true],
    ['listed without a config, since its host is away', row, { state: 'started' }, false],
    ['listed again after it was missing', { ...row, missing_looks: 1 }, { state: 'started', config }, true],
  ] as const)('%s: %#', (_, seen, listed, isAsked) => {
    expect(isWorthAsking(seen, listed)).toBe(isAsked);
  });
});

it('a volume has migrated when the machine names another', () => {
  expect(migratedVolume(row, { config })).toBeUndefined();
  expect(migratedVolume(row, { config: moved })).toBe('vol_2');
  expect(migratedVolume(row, {})).toBeUndefined();
});

it('a volume of the same name may be where the data is, unless there are several', () => {
  const volume = (id: string, name: string): FlyVolume => ({
    id,
    name,
    state: 'created',
    size_gb: 1,
    region: 'sjc',
    attached_machine_id: null,
    created_at: '2026-01-01T00:00:00Z',
  });
  expect(candidateOf(row, [])).toBeUndefined();
  expect(candidateOf(row, [volume('vol_1', 'v_1'), volume('vol_9', 'other')])).toBeUndefined();
  expect(candidateOf(row, [volume('vol_2', 'v_1')])).toMatchObject({ id: 'vol_2' });
  expect(candidateOf(row, [volume('vol_2', 'v_1'), volume('vol_3', 'v_1')])).toBe('several');
});

it.each([
  ['creating', null, 'roll_back'],
  ['archiving', 'active', 'cancel_archive'],
  ['waking', 'dormant', 'put_back'],
  ['waking', 'lost', 'put_back'],
  ['waking', 'active', 'put_back_active'],
  ['active', null, 'nothing'],
  ['dormant', null, 'nothing'],
] as const)('G7: %s that came from %s, whose owner fell silent: %s', (state, transition_from, step) => {
  expect(recoveryOf({ state, transition_from })).toBe(step);
});
