import { expect, it } from 'vitest';
import { archiveKey } from '../../../src/sdk/archives/keys.js';

it('no two attempts share a key', () => {
  const keys = [
    archiveKey('demo', 7, 'a'),
    archiveKey('demo', 7, 'b'),
    archiveKey('demo', 8, 'a'),
    archiveKey('other', 7, 'a'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys[0]).toBe('projects/demo/0000000000000007-a.sqlite');
});

it("a project's keys sort by epoch", () => {
  const keys = [100, 9, 10].map((epoch) => archiveKey('demo', epoch, 'a'));
  expect(keys.toSorted()).toEqual([9, 10, 100].map((epoch) => archiveKey('demo', epoch, 'a')));
});
