import { expect, it } from 'vitest';
import { transitions } from '../../src/sdk/lifecycle/transitions.js';
import { machineStateSchema, projectStateSchema } from '../../src/sdk/resources.js';
import { page, tableRows } from '../support/documents.js';

const rows = tableRows(page('docs/lifecycle.md'));

it('docs/lifecycle.md lists exactly the transitions of the code, in its order', () => {
  const documented = rows.filter((cells) => cells.length === 4 && !cells[0]?.startsWith('`'));
  expect(documented.map((cells) => cells.slice(0, 3))).toEqual(
    transitions.map(({ from, event, to }) => [from, event, to ?? '(row removed)']),
  );
});

it('docs/lifecycle.md describes every state of a project and of a machine', () => {
  const described = rows.filter(([first]) => first?.startsWith('`')).map(([first = '']) => first.replaceAll('`', ''));
  expect(described.toSorted()).toEqual([...projectStateSchema.options, ...machineStateSchema.options].toSorted());
});
