import { isProjectId, type ProjectId } from '../projects/project-id.js';

export interface ProjectTarget {
  readonly kind: 'project';
  readonly id: ProjectId;
  readonly via: 'subdomain' | 'path';
}

/** Whose request this is: a project's, our own, or nobody's because the name in it can be no project's. */
export type ParsedRoute =
  | ProjectTarget
  | { readonly kind: 'own' }
  | { readonly kind: 'invalid'; readonly text: string };

export interface RouteAddress {
  /** The Host header. */
  readonly host: string | undefined;
  /** The request target as sent: path and query. */
  readonly url: string;
  /** As `hostName` gives it: lower case, without port and trailing dot. */
  readonly routerDomain: string | undefined;
}

const own: ParsedRoute = { kind: 'own' };
const pathPrefix = '/projects/';
const maxTextChars = 80;

/** The subdomain decides before the path does, so a project may serve `/projects/…` itself. */
export function parseRoute({ host, url, routerDomain }: RouteAddress): ParsedRoute {
  const label = subdomain(host, routerDomain);
  if (label !== undefined) return target(label, 'subdomain');
  if (!url.startsWith(pathPrefix)) return own;
  const segment = firstSegment(url.slice(pathPrefix.length));
  return segment === '' ? own : target(segment.toLowerCase(), 'path');
}

/** The name in a Host header, or undefined for an IPv6 address, which has no subdomains. */
export function hostName(host: string): string | undefined {
  if (host.startsWith('[')) return undefined;
  const colon = host.indexOf(':');
  if (colon !== host.lastIndexOf(':')) return undefined;
  const name = colon === -1 ? host : host.slice(0, colon);
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

/** What stands before the router's domain; more than one level comes back with its dots and is then no valid id. */
function subdomain(host: string | undefined, routerDomain: string | undefined): string | undefined {
  if (host === undefined || routerDomain === undefined) return undefined;
  const name = hostName(host);
  if (name === undefined || !name.endsWith(routerDomain)) return undefined;
  const dot = name.length - routerDomain.length - 1;
  return name[dot] === '.' ? name.slice(0, dot) : undefined;
}

function firstSegment(rest: string): string {
  const end = rest.search(/[/?#]/);
  return end === -1 ? rest : rest.slice(0, end);
}

function target(text: string, via: ProjectTarget['via']): ParsedRoute {
  if (isProjectId(text)) return { kind: 'project', id: text, via };
  return { kind: 'invalid', text: text.slice(0, maxTextChars) };
}
