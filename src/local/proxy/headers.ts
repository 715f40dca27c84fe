/** Headers as they came: case, order and repeats kept. */
export type Header = readonly [name: string, value: string];

const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);

export function readHeaders(raw: readonly string[]): Header[] {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return headers;
}

export function headerValues(headers: readonly Header[], name: string): string[] {
  return headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
}

/** `names` in lower case. */
export function withoutHeaders(headers: readonly Header[], names: Iterable<string>): Header[] {
  const dropped = new Set(names);
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()));
}

export function withHeaders(headers: readonly Header[], set: readonly Header[]): Header[] {
  const names = set.map(([name]) => name.toLowerCase());
  return [...withoutHeaders(headers, names), ...set];
}

/** Without what concerns one connection only (RFC 9110, section 7.6.1), the framing of the body excepted. */
export function endToEnd(headers: readonly Header[]): Header[] {
  const named = headerValues(headers, 'connection').flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  return withoutHeaders(headers, [...hopByHop, ...named.filter((name) => !framing.has(name))]);
}

const framing: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'host']);

/** True for what must stay as the connection has it, whatever a transform wants. */
export function belongsToConnection(name: string): boolean {
  return hopByHop.has(name) || name === 'content-length' || name === 'transfer-encoding';
}
