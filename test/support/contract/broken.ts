import fc from 'fast-check';

/** JSON that is wrong somewhere: one value of a good body is replaced, removed or put deeper. */
export function brokenBodies(good: Json): fc.Arbitrary<string> {
  const places = placesIn(good);
  const change = fc.record({ place: fc.constantFrom(...places), value: oddValue });
  const changed = fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce<Json>((body, { place, value }) => put(body, place, value), good));
  return fc.oneof(
    { weight: 6, arbitrary: changed.map((body) => JSON.stringify(body)) },
    { weight: 2, arbitrary: oddValue.map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: notJson(JSON.stringify(good)) },
  );
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type Place = readonly (string | number)[];

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** Values of every type, and those that parsers stumble over. */
const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 0.5, 1e21, Number.MAX_SAFE_INTEGER, 2 ** 31, -(2 ** 63), 1e308),
  fc.constantFrom<Json>('', '0', 'null', '\0', '\ud800', '__proto__', '../..', 'x'.repeat(5_000), '9'.repeat(400)),
  fc.constantFrom<Json>([], {}, [[]], [null], { a: { a: {} } }),
  fc.constantFrom(30, 300).map((levels) => JSON.parse(deep(levels)) as Json),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

function notJson(good: string): fc.Arbitrary<string> {
  return fc.oneof(
    fc.nat(good.length - 1).map((end) => good.slice(0, end)),
    fc.constantFrom(
      '',
      ' ',
      '{',
      ']',
      'null null',
      '{"a":1,}',
      "{'a':1}",
      '\ufeff{}',
      'NaN',
      '{"a":01}',
      '\0',
      deep(20_000),
    ),
    fc.string({ maxLength: 40 }),
  );
}

function placesIn(value: Json, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...inner.flatMap(([key, child]) => placesIn(child, [...at, key]))].filter((place) => place.length > 0);
}

function put(value: Json, [key, ...rest]: Place, odd: Json): Json {
  if (key === undefined) return odd;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((child, index) => (index === key ? put(child, rest, odd) : child));
  return { ...value, [key]: put(value[key] ?? null, rest, odd) };
}
