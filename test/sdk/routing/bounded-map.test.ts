import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoundedMap } from '../../../src/sdk/routing/bounded-map.js';

const key = fc.integer({ min: 0, max: 30 });
const step = fc.record({ kind: fc.constantFrom('set', 'get', 'delete'), at: key });

/** Beside a map without a bound, which has what was used last at its end. */
class Compared {
  readonly #map: BoundedMap<number, { readonly made: number }>;
  readonly #all = new Map<number, number>();

  constructor(max: number) {
    this.#map = new BoundedMap(max);
  }

  set(at: number, made: number): void {
    this.#map.set(at, { made });
    this.#all.delete(at);
    this.#all.set(at, made);
  }

  get(at: number): void {
    const [found, known] = [this.#map.get(at)?.made, this.#all.get(at)];
    this.#all.delete(at);
    if (found === undefined || known === undefined) return;
    expect(found).toBe(known);
    this.#all.set(at, known);
  }

  delete(at: number): void {
    this.#map.delete(at);
    this.#all.delete(at);
    expect(this.#map.get(at)).toBeUndefined();
  }

  get size(): number {
    return this.#map.size;
  }

  expectLatest(count: number): void {
    const latest = [...this.#all].slice(-count);
    expect(latest.map(([at]) => [at, this.#map.get(at)?.made])).toEqual(latest);
  }
}

it('never holds more than its bound, forgets none of the half that was used last, and gives what was set last', () => {
  const property = fc.property(fc.integer({ min: 2, max: 20 }), fc.array(step, { maxLength: 200 }), (max, steps) => {
    const compared = new Compared(max);
    for (const [made, { kind, at }] of steps.entries()) {
      compared[kind](at, made);
      expect(compared.size).toBeLessThanOrEqual(max);
    }
    compared.expectLatest(Math.floor(max / 2));
  });
  fc.assert(property);
});

it('says whether what it deletes was there, and is empty when cleared', () => {
  const map = new BoundedMap<string, object>(2);
  for (const name of ['old', 'young']) map.set(name, {});
  expect([map.delete('old'), map.delete('old'), map.delete('young')]).toEqual([true, false, true]);
  map.set('again', {});
  map.clear();
  expect([map.size, map.get('again')]).toEqual([0, undefined]);
});
