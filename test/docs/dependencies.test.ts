import { expect, it } from 'vitest';
import { z } from 'zod';
import { page, tableRows } from '../support/documents.js';

const names = z.record(z.string(), z.string()).transform((packages) => Object.keys(packages).toSorted());
const manifest = z
  .object({ dependencies: names, devDependencies: names, peerDependencies: names })
  .parse(JSON.parse(page('package.json').text));

it('docs/dependencies.md lists exactly the dependencies of package.json, each in its place', () => {
  const { path, text } = page('docs/dependencies.md');
  const [runtime = '', development = ''] = text.split(/^## /m).slice(1);
  const listed = (part: string) => tableRows({ path, text: part }).map(([name = '']) => name.replaceAll('`', ''));
  expect(listed(runtime).toSorted()).toEqual(manifest.dependencies);
  expect(listed(development).toSorted()).toEqual(manifest.devDependencies);
  const peers = tableRows({ path, text: development }).filter(([, purpose]) => purpose?.includes('optional peer'));
  expect(peers.map(([name = '']) => name.replaceAll('`', '')).toSorted()).toEqual(manifest.peerDependencies);
});
