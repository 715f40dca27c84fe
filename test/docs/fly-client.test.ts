import { describe, expect, it } from 'vitest';
import { adviceTable } from '../../src/sdk/fly/advice-table.js';
import { FlyClient } from '../../src/sdk/index.js';
import { page } from '../support/documents.js';

const sections = page('docs/fly-client.md').text.split(/^## /m);
const codesIn = (title: string) => {
  const rows = sections.find((section) => section.startsWith(title))?.split('\n') ?? [];
  return rows.filter((line) => line.startsWith('|')).flatMap((line) => [...line.matchAll(/`([\w-]+)`/g)]);
};

describe('docs/fly-client.md', () => {
  it('lists every call of the client, and no other', () => {
    const members = Object.entries(Object.getOwnPropertyDescriptors(FlyClient.prototype));
    const methods = members.filter(([, { value }]) => typeof value === 'function').map(([name]) => name);
    const calls = methods.filter((name) => name !== 'constructor' && name !== 'close');
    expect(
      codesIn('Calls')
        .map(([, name]) => name)
        .toSorted(),
    ).toEqual(calls.toSorted());
  });

  it('says of every advice what to do', () => {
    const listed = codesIn('Errors').map(([, name]) => name);
    expect(listed).toEqual(expect.arrayContaining([...new Set(adviceTable.map(({ advice }) => advice))]));
  });
});
