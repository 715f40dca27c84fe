import type { IncomingHttpHeaders } from 'node:http';
import type { FlyCall } from '../calls.js';
import type { Lists } from '../lists.js';
import { refusals } from '../refusal.js';
import type { Caller } from './access.js';

export interface ApiRequest {
  /** The named parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  readonly bodyText: string;
  /** What there is to list. */
  readonly lists: Lists;
  /** Aborted when the caller is gone or the emulator stops. */
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: string;
  /** Below `/v1`; a part that begins with a colon is a parameter. */
  readonly path: string;
  readonly call: FlyCall;
  /** What a list that is made to look empty answers; `[]` by default. */
  readonly emptyBody?: () => unknown;
  readonly handle: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;
}

/** So much of a route as finding it takes. */
export type RouteShape = Pick<Route, 'method' | 'path'>;

export interface RouteMatch<Found extends RouteShape = Route> {
  readonly route: Found;
  readonly params: Readonly<Record<string, string>>;
}

/** @throws FlyRefusal 400 when the path is wrongly encoded */
export function matchRoute<Found extends RouteShape>(
  routes: readonly Found[],
  method: string,
  path: string,
): RouteMatch<Found> | undefined {
  const parts = path.split('/').map(decodePart);
  for (const route of routes) {
    const params = route.method === method ? matchParts(route.path.split('/'), parts) : undefined;
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchParts(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (expected.startsWith(':') && part !== '') params[expected.slice(1)] = part;
    else if (expected !== part) return undefined;
  }
  return params;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refusals.invalid('malformed path');
  }
}

/** A part of the path that the route's pattern names. */
export function param(request: ApiRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
  return value;
}
