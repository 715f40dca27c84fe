import { expect, test } from 'vitest';
import { type Candidate, chooseTargets, type Wish } from '../../../../src/local/proxy/delivery/choose-targets.js';

function candidate(id: string, changes: Partial<Candidate> = {}): Candidate {
  return { id, region: 'sjc', readiness: 'ready', cordoned: false, ...changes };
}

const all = [
  candidate('busy', { readiness: 'busy' }),
  candidate('asleep', { readiness: 'asleep' }),
  candidate('c', { region: 'ams' }),
  candidate('b', { region: 'iad' }),
  candidate('a'),
  candidate('full', { readiness: 'full' }),
  candidate('off', { readiness: 'resting' }),
  candidate('bare', { readiness: 'closed' }),
  candidate('cordoned', { cordoned: true }),
];
const chosen = (wish: Wish) => chooseTargets(all, wish, 'sjc').targets.map((one) => one.id);

test.each<[string, Wish, string[]]>([
  ['without a wish those of the own region come first, busy ones last', {}, ['a', 'asleep', 'busy', 'c', 'b']],
  ['an instance is exactly that one', { instance: 'b' }, ['b']],
  ['an instance that rests is none', { instance: 'off' }, []],
  ['an instance at its hard limit is none', { instance: 'full' }, []],
  ['an unknown instance is none', { instance: 'x' }, []],
  ['a preferred instance comes first, even asleep', { preferInstance: 'asleep' }, ['asleep', 'a', 'busy', 'c', 'b']],
  ['an unknown preferred instance leaves the others', { preferInstance: 'x' }, ['a', 'asleep', 'busy', 'c', 'b']],
  ['a region leaves only its own', { regions: [['iad']] }, ['b']],
  ['regions count in the order given', { regions: [['iad'], ['ams']] }, ['b', 'c']],
  ['regions of one area count the same', { regions: [['ams', 'iad', 'sjc']] }, ['a', 'asleep', 'busy', 'c', 'b']],
  [
    'a preferred region comes first and leaves the rest',
    { preferRegions: [['iad']] },
    ['b', 'a', 'asleep', 'busy', 'c'],
  ],
  ['an instance of another region is none', { instance: 'b', regions: [['sjc']] }, []],
  ['a preferred instance of another region is not taken', { preferInstance: 'b', regions: [['ams']] }, ['c']],
  ['the excepted one is left out', { except: 'a' }, ['asleep', 'busy', 'c', 'b']],
  ['a cordoned one is taken only by its name', { instance: 'cordoned' }, ['cordoned']],
  ['a cordoned one is not preferred', { preferInstance: 'cordoned' }, ['a', 'asleep', 'busy', 'c', 'b']],
  ['a wish that wakes nothing leaves what sleeps', { instance: 'asleep', wakesNothing: true }, []],
])('%s', (_, wish, ids) => {
  expect(chosen(wish)).toEqual(ids);
});

test.each<[string, Wish, string | undefined]>([
  ['a hard limit', { instance: 'full' }, 'full'],
  ['autostart off', { instance: 'off' }, 'resting'],
  ['a wish that wakes nothing', { instance: 'asleep', wakesNothing: true }, 'resting'],
  ['nothing that fits', { instance: 'x' }, undefined],
  ['no service', { instance: 'bare' }, undefined],
])('what stands in the way of a choice: %s', (_, wish, obstacle) => {
  expect(chooseTargets(all, wish, 'sjc')).toEqual({ targets: [], obstacle });
});
