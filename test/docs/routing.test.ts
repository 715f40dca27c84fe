import { describe, expect, it } from 'vitest';
import { projectStates } from '../../src/sdk/lifecycle/states.js';
import { decide } from '../../src/sdk/routing/decide.js';
import { observerPreset } from '../../src/sdk/routing/observer-preset.js';
import type { ProjectView } from '../../src/sdk/routing/ports.js';
import { page, tableRows } from '../support/documents.js';
import { demo, viewOf } from '../support/routing.js';

const { path, text } = page('docs/routing.md');

function rowsUnder(heading: string): string[][] {
  const [, body = ''] = text.split(`\n${heading}\n`);
  return tableRows({ path, text: body.split(/\n#+ /)[0] ?? '' });
}

const views: readonly (readonly [name: string, view: ProjectView | undefined])[] = [
  ...projectStates.map((state) => [state, viewOf('demo', state)] as const),
  ['active, without a machine at the moment', viewOf('demo', 'active', { machine: null })],
  ['never given out', undefined],
];

describe('docs/routing.md', () => {
  const rows = rowsUnder('## What becomes of it');
  const decided = rows.filter(([first = '']) => !first.startsWith('`'));
  const described = rows.filter(([first = '']) => first.startsWith('`'));

  it('has every decision for every state, and no other', () => {
    const facts = [
      { returned: false, observer: false },
      { returned: false, observer: true },
      { returned: true, observer: false },
    ];
    const expected = views.map(([name, view]) => [name, ...facts.map((each) => decide(demo, view, each).kind)]);
    expect(decided.toSorted()).toEqual(expected.toSorted());
  });

  it('tells what both at once come to', () => {
    for (const [, view] of views) {
      const [observer, returned, both] = [
        { returned: false, observer: true },
        { returned: true, observer: false },
        { returned: true, observer: true },
      ].map((facts) => decide(demo, view, facts).kind);
      expect(both).toBe(observer === 'asleep' ? 'asleep' : returned);
    }
  });

  it('says of every decision what is done, and of no other', () => {
    const kinds = new Set(decided.flatMap(([, ...cells]) => cells));
    expect(described.map(([kind = '']) => kind.replaceAll('`', '')).toSorted()).toEqual([...kinds].toSorted());
  });

  it('has the preset line by line', () => {
    const lines = rowsUnder('### The preset').map(([rule, match = '', who]) => [rule, match.replaceAll('`', ''), who]);
    const data = observerPreset.flatMap(({ name, paths = [], user_agents = [] }) =>
      [...paths, ...user_agents].map((item) => [name, item, expect.stringMatching(/\S/)]),
    );
    expect(lines).toEqual(data);
    expect(observerPreset.map(({ methods }) => methods)).toEqual(observerPreset.map(() => ['GET', 'HEAD']));
  });
});
