import { expect, test } from 'vitest';
import { regions, regionsOf } from '../../../src/local/fly/regions.js';

test('every region is in an area, those of the United States in North America too, and any is all of them', () => {
  const codes = regions.map(({ code }) => code);
  const listed = ['apac', 'eu', 'na', 'sa'].flatMap(regionsOf);
  expect(listed.toSorted()).toEqual(codes.toSorted());
  expect(regionsOf('na')).toEqual(expect.arrayContaining([...regionsOf('us')]));
  expect(regionsOf('usa')).toEqual(regionsOf('us'));
  expect(regionsOf('any')).toEqual(codes);
});

test('a code stands for itself, known or not', () => {
  expect(['ams', 'xyz', 'constructor'].flatMap(regionsOf)).toEqual(['ams', 'xyz', 'constructor']);
});
