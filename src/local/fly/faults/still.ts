/**
 * A still of something that goes on changing: its fields and getters say for ever what they say now, and so do those of the
 * objects in its fields. Its methods are those of the living one.
 */
export function stillOf<Thing extends object>(living: Thing): Thing {
  const seen = new Map<PropertyKey, unknown>();
  for (const name of Object.keys(living)) seen.set(name, fieldOf(Reflect.get(living, name)));
  for (const name of gettersOf(living)) seen.set(name, Reflect.get(living, name));
  return new Proxy(living, {
    get: (target, name) => {
      if (seen.has(name)) return seen.get(name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Plain values do not change: they are replaced. */
function fieldOf(value: unknown): unknown {
  const isOfAClass = typeof value === 'object' && value !== null && gettersOf(value).length > 0;
  return isOfAClass ? stillOf(value) : value;
}

function gettersOf(thing: object): readonly string[] {
  const prototype: unknown = Object.getPrototypeOf(thing);
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([, { get }]) => get !== undefined)
    .map(([name]) => name);
}
