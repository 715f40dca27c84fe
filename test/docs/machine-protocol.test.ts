import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { claims } from '../../src/local/check-server/claims.js';
import { page, root, tableRows } from '../support/documents.js';

const protocolPage = page('docs/machine-protocol.md');
const callsIn = (text: string) => new Set([...text.matchAll(/\/internal\/[a-z][a-z0-9-]*/g)].map(([path]) => path));

it('docs/machine-protocol.md has a heading for exactly the calls that the client makes and the project server takes', () => {
  const headings = [...protocolPage.text.matchAll(/^### `(?:GET|POST) (\S+)`$/gm)].map(([, path = '']) => path);
  const made = callsIn(page('src/sdk/machines/protocol.ts').text);
  const taken = callsIn(page('src/local/project-server/internal-api.ts').text);
  expect(new Set(headings)).toEqual(made);
  expect(taken).toEqual(made);
});

it('docs/machine-protocol.md lists exactly the refusals that the project server gives to the control plane', () => {
  const toPeople = ['public-api.ts', 'web-sockets.ts'];
  const given = globSync('src/local/project-server/*.ts', { cwd: root })
    .filter((path) => !toPeople.some((name) => path.endsWith(name)))
    .flatMap((path) => [...page(path).text.matchAll(/new Problem\((\d+), '(\w+)'/g)])
    .map(([, status, code]) => `${status} ${code}`);
  const listed = tableRows(protocolPage).flatMap(([status, codes = '']) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => `${status} ${code}`),
  );
  expect(given.length).toBeGreaterThan(10);
  expect(listed.toSorted()).toEqual([...new Set(given)].toSorted());
});

it('docs/machine-protocol.md has a row for every claim of the kit, and the words that each rests on', () => {
  const rows = tableRows(protocolPage).filter(([id = '']) => /^`[\w-]+\.[\w-]+`$/.test(id));
  const told = Object.entries(claims).map(([id, { level, basic, says }]) => [
    `\`${id}\``,
    level,
    basic === 'too' ? 'yes' : 'no',
    says,
  ]);
  expect(rows).toEqual(told);
  const words = (text: string) => text.replaceAll('’', "'").replace(/\s+/g, ' ');
  const text = words(protocolPage.text.split('| Claim |')[0] ?? '');
  expect(Object.entries(claims).filter(([, { rests }]) => !text.includes(words(rests)))).toEqual([]);
});
