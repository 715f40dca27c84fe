import { describe, expect, it } from 'vitest';
import { decideMachineAdoption, decideVolumeAdoption } from '../../../src/sdk/fly/adoption.js';
import { flyMachine, flyVolume } from '../../support/fly-answers.js';

const { name } = flyMachine();
const mark = { kind: 'mark', mark: 'row-1' } as const;

describe('a machine of the wanted name', () => {
  it('is adopted with our mark, and without one only if the name was made for this create', () => {
    const unmarked = flyMachine({ config: { image: 'x' } });
    expect(decideMachineAdoption(name, mark, [flyMachine()]).kind).toBe('adopt');
    expect(decideMachineAdoption(name, mark, [unmarked]).kind).toBe('foreign');
    expect(decideMachineAdoption(name, { kind: 'own_name' }, [unmarked]).kind).toBe('adopt');
    expect(decideMachineAdoption(name, { kind: 'none' }, [flyMachine()]).kind).toBe('unknown');
  });

  it('is nobody that can be told apart when there are two', () => {
    expect(decideMachineAdoption(name, mark, [flyMachine(), flyMachine({ id: 'm2' })]).kind).toBe('foreign');
  });

  it.each(['destroying', 'destroyed'])('does not count when it is %s', (state) => {
    expect(decideMachineAdoption(name, mark, [flyMachine({ state })]).kind).toBe('unknown');
  });
});

describe('a volume of the wanted name', () => {
  const order = { name: 'valet_row_1', region: 'sjc', size_gb: 1 };

  it('is adopted when it is the only one', () => {
    expect(decideVolumeAdoption(order, [flyVolume()])).toMatchObject({ kind: 'adopt', found: { id: 'vol_1' } });
    expect(decideVolumeAdoption(order, [flyVolume(), flyVolume({ id: 'vol_2' })]).kind).toBe('foreign');
  });

  it.each([
    ['a machine has it', { attached_machine_id: 'm1' }],
    ['it is elsewhere', { region: 'ord' }],
    ['it has another size', { size_gb: 2 }],
    ['it is deleted', { state: 'pending_destroy' }],
  ])('is not what was just made when %s', (_, change) => {
    expect(decideVolumeAdoption(order, [flyVolume(change)]).kind).toBe('unknown');
  });
});
