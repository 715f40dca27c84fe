/** What a request asks for: the host that it names and the path there. */
export interface RequestTarget {
  readonly host: string | undefined;
  readonly path: string;
}

/** The absolute form (`GET http://host/path`) has its own host, whatever the header says. RFC 9112, section 3.2.2 */
export function requestTarget(url: string, hostHeader: string | undefined): RequestTarget {
  const [, authority, rest = ''] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  if (authority === undefined) return { host: hostHeader, path: url };
  const host = authority.replace(/^.*@/, '');
  return { host, path: rest.startsWith('/') ? rest : `/${rest}` };
}

/** `{app}.fly.localhost` stands for `{app}.fly.dev`; undefined for any other name. */
export function directApp(host: string | undefined): string | undefined {
  return /^([a-z0-9][a-z0-9-]*)\.fly\.localhost\.?(?::\d*)?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}
