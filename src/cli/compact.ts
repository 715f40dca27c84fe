type Compact<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined: "not given" and "given as undefined" are two things to the SDK's types. */
export function compact<T extends object>(fields: T): Compact<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Compact<T>;
}
