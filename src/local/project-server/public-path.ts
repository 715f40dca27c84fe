/** What a public request asks for. */
export type PublicPath =
  | { readonly kind: 'home' | 'about' | 'web_socket' | 'unknown' | 'key_invalid' }
  | { readonly kind: 'keys'; readonly after: string; readonly limit: number }
  | { readonly kind: 'key'; readonly key: string };

const maxKeyLength = 256;
const maxKeys = 1000;

/**
 * Reads the path, which is the same with and without `/projects/<this project>` before it: the router's path form hands
 * it on unchanged. The URL is split by hand, since a URL parser takes `//internal/…` for a host.
 */
export function parsePublicPath(url: string, projectId: string): PublicPath {
  const [path = '/', query = ''] = url.split('?', 2);
  const rest = withoutPrefix(path, projectId);
  if (rest === '/') return { kind: 'home' };
  if (rest === '/about') return { kind: 'about' };
  if (rest === '/ws') return { kind: 'web_socket' };
  if (rest === '/kv' || rest === '/kv/') return parseKeys(new URLSearchParams(query));
  return rest.startsWith('/kv/') ? parseKey(rest.slice('/kv/'.length)) : { kind: 'unknown' };
}

function withoutPrefix(path: string, projectId: string): string {
  const [, projects, id, ...rest] = path.split('/');
  return projects === 'projects' && id?.toLowerCase() === projectId ? `/${rest.join('/')}` : path;
}

function parseKeys(query: URLSearchParams): PublicPath {
  const asked = Number(query.get('limit') ?? '100');
  const limit = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), maxKeys) : 100;
  return { kind: 'keys', after: query.get('after') ?? '', limit };
}

function parseKey(encoded: string): PublicPath {
  const key = decode(encoded);
  const valid = key !== undefined && !encoded.includes('/') && !key.includes('\0') && key.length <= maxKeyLength;
  return valid ? { kind: 'key', key } : { kind: 'key_invalid' };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
