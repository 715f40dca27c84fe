import { describe, expect, it } from 'vitest';
import { regions, regionsOf } from '../../../src/local/fly/regions.js';

describe('a wish for regions', () => {
  it('names them in its order, each once, and what is unknown is left out', () => {
    expect(regionsOf('iad, ams,iad')).toEqual(['iad', 'ams']);
    expect(regionsOf('lhr,eu').slice(0, 2)).toEqual(['lhr', 'ams']);
    expect(['xyz', 'constructor'].flatMap((name) => regionsOf(name))).toEqual([]);
    expect(regionsOf(undefined)).toEqual(['sjc']);
  });

  it('may name an area: those of the United States are in North America too, and any is all, the nearest first', () => {
    const inAreas = ['apac', 'eu', 'na', 'sa'].flatMap((area) => regionsOf(area));
    const codes = regions.map(({ code }) => code);
    expect([...inAreas, 'jnb'].toSorted()).toEqual(codes.toSorted());
    expect(regionsOf('na')).toEqual(expect.arrayContaining([...regionsOf('us'), 'yyz']));
    expect(regionsOf('us')).not.toContain('yyz');
    expect(regionsOf('usa')).toEqual(regionsOf('us'));
    expect(regionsOf('any').toSorted()).toEqual(codes.toSorted());
    expect(regionsOf('iad,any').slice(0, 2)).toEqual(['iad', 'sjc']);
  });
});
