import { expect, test } from 'vitest';
import { type Candidate, chooseTargets, type Wish } from '../../../src/local/proxy/choose-targets.js';

function candidate(id: string, changes: Partial<Candidate> = {}): Candidate {
  return { id, region: 'sjc', started: true, usable: true, ...changes };
}

const all = [
  candidate('asleep', { started: false }),
  candidate('a'),
  candidate('b', { region: 'iad' }),
  candidate('c', { region: 'ams' }),
  candidate('off', { usable: false }),
];

test.each<[string, Wish, string[]]>([
  ['without a wish every usable one, started ones first', {}, ['a', 'b', 'c', 'asleep']],
  ['an instance is exactly that one', { instance: 'b' }, ['b']],
  ['an instance that is not usable is none', { instance: 'off' }, []],
  ['an unknown instance is none', { instance: 'x' }, []],
  ['a preferred instance comes first, even asleep', { preferInstance: 'asleep' }, ['asleep', 'a', 'b', 'c']],
  ['an unknown preferred instance leaves the others', { preferInstance: 'x' }, ['a', 'b', 'c', 'asleep']],
  ['a region leaves only its own', { regions: ['iad'] }, ['b']],
  ['regions count in the order given', { regions: ['ams', 'iad'] }, ['c', 'b']],
  ['any stands for the rest', { regions: ['ams', 'any'] }, ['c', 'a', 'b', 'asleep']],
  ['an instance of another region is none', { instance: 'b', regions: ['sjc'] }, []],
  ['the excepted one is left out', { except: 'a' }, ['b', 'c', 'asleep']],
])('%s', (_, wish, ids) => {
  expect(chooseTargets(all, wish).map((one) => one.id)).toEqual(ids);
});
