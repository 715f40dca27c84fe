import { isProjectId, type ProjectId } from '../projects/project-id.js';

/** A request of a project, and what names it. */
export interface ProjectTarget {
  readonly kind: 'project';
  readonly id: ProjectId;
  readonly via: 'subdomain' | 'path';
}

/** Whose request this is: a project's, our own, or nobody's. */
export type ParsedRoute =
  | ProjectTarget
  | { readonly kind: 'own' }
  /** The name in it can be no project's. */
  | { readonly kind: 'invalid'; readonly text: string }
  /** It has no one host to go by. */
  | { readonly kind: 'bad_host' };

const own: ParsedRoute = { kind: 'own' };
const badHost: ParsedRoute = { kind: 'bad_host' };
const pathPrefix = '/projects/';
const maxTextChars = 80;

/**
 * Whose a request is, from its Host header and its target as sent. A subdomain decides before the path does, so a project
 * may serve `/projects/…` itself. A target in absolute form brings its own host, and the header is then ignored
 * (RFC 9112, 3.2.2). Several Host headers must come joined by a comma, which no host contains.
 *
 * @param host the Host header; undefined if there was none
 * @param url the target as it was sent: `request.url` of node:http
 * @param domain under which projects have their subdomains; without one only paths name projects
 */
export function parseRoute(host: string | undefined, url: string, domain?: string): ParsedRoute {
  const routerDomain = domain === undefined ? undefined : hostName(domain);
  if (url.charCodeAt(0) !== slash && url !== '*') {
    const target = absoluteTarget(url);
    return target === undefined ? badHost : parseOrigin(target.authority, target.path, routerDomain);
  }
  return parseOrigin(host, url, routerDomain);
}

function parseOrigin(host: string | undefined, path: string, routerDomain: string | undefined): ParsedRoute {
  if (host !== undefined) {
    const label = routerDomain === undefined ? undefined : subdomain(host, routerDomain);
    if (label !== undefined && isProjectId(label)) return { kind: 'project', id: label, via: 'subdomain' };
    if (!isHost(host)) return badHost;
    if (label !== undefined) return { kind: 'invalid', text: label.slice(0, maxTextChars) };
  }
  if (!path.startsWith(pathPrefix)) return own;
  const segment = firstSegment(path.slice(pathPrefix.length)).toLowerCase();
  if (segment === '') return own;
  if (isProjectId(segment)) return { kind: 'project', id: segment, via: 'path' };
  return { kind: 'invalid', text: segment.slice(0, maxTextChars) };
}

export interface AbsoluteTarget {
  readonly authority: string;
  readonly path: string;
}

/** `http://host/path` as a client sends it to a proxy. Undefined if it is anything else. */
export function absoluteTarget(url: string): AbsoluteTarget | undefined {
  const [, authority, rest] = /^https?:\/\/([^/?#]+)(.*)$/is.exec(url) ?? [];
  if (authority === undefined || rest === undefined) return undefined;
  return { authority, path: rest.startsWith('/') ? rest : `/${rest}` };
}

/** The name in a Host header, or undefined for an IPv6 address and for a port that is none. */
export function hostName(host: string): string | undefined {
  const colon = host.indexOf(':');
  if (colon !== -1 && !isPort(host, colon + 1)) return undefined;
  const name = colon === -1 ? host : host.slice(0, colon);
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

/** What stands before the router's domain; more than one level comes back with its dots and is then no valid id. */
function subdomain(host: string, routerDomain: string): string | undefined {
  const name = hostName(host);
  if (name === undefined || !name.endsWith(routerDomain)) return undefined;
  const dot = name.length - routerDomain.length - 1;
  return name.charCodeAt(dot) === fullStop ? name.slice(0, dot) : undefined;
}

const slash = 47;
const fullStop = 46;
const zero = 48;
const nine = 57;

function isPort(host: string, from: number): boolean {
  for (let at = from; at < host.length; at += 1) {
    const code = host.charCodeAt(at);
    if (code < zero || code > nine) return false;
  }
  return true;
}

/** A name or an address as a URL may have it (RFC 3986, 3.2.2), with or without a port. Empty is allowed. */
function isHost(host: string): boolean {
  return /^(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+;=%-]*)(?::\d*)?$/i.test(host);
}

function firstSegment(rest: string): string {
  const end = rest.search(/[/?#]/);
  return end === -1 ? rest : rest.slice(0, end);
}
