import { ValetError } from '../errors.js';
import { type Endpoint, endpoints, type FlyCall, type PathNames } from './endpoints.js';
import type { Turn } from './limits/rate-limiter.js';

/** What one call says beside what its endpoint says already. */
export interface FlyContent<C extends FlyCall> {
  readonly path: Readonly<Record<PathNames<C>, string>>;
  /** Id or name of what it is about, where that is not the path's `id`; the app if neither is given. */
  readonly target?: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  /** Where a request is known to take longer or to be worth less. */
  readonly requestTimeoutMs?: number;
}

/** One call, ready to be sent, and sent again. Holds no secret. */
export interface FlyRequest {
  readonly call: FlyCall;
  readonly target: string;
  readonly endpoint: Endpoint;
  readonly url: URL;
  readonly body: string | undefined;
  /** Who counts together under Fly's rate limits. */
  readonly turn: Turn;
  readonly timeoutMs: number;
}

export interface RequestDefaults {
  readonly baseUrl: string;
  readonly app: string;
  readonly requestTimeoutMs: number;
}

/** @throws ValetError `request_invalid` if the path cannot be made */
export function buildRequest<C extends FlyCall>(
  call: C,
  content: FlyContent<C>,
  { baseUrl, app, requestTimeoutMs }: RequestDefaults,
): FlyRequest {
  const endpoint: Endpoint = endpoints[call];
  const values: Readonly<Record<string, string>> = { ...content.path, app };
  const url = new URL(baseUrl.replace(/\/+$/, '') + fillPath(endpoint.path, values));
  if (content.query !== undefined) url.search = content.query.toString();
  const target = content.target ?? values.id ?? app;
  const counted = endpoint.limit.per === 'app' ? app : target;
  return {
    call,
    target,
    endpoint,
    url,
    body: content.body === undefined ? undefined : JSON.stringify(content.body),
    turn: { key: `${call} ${counted}`, rate: endpoint.limit },
    timeoutMs: content.requestTimeoutMs ?? requestTimeoutMs,
  };
}

function fillPath(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(name, values[name] ?? ''));
}

/** An empty or a dotted segment would lead elsewhere: `DELETE …/machines/..` would delete the app. */
function segment(name: string, value: string): string {
  if (!/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
  throw new ValetError('request_invalid', `${JSON.stringify(value)} is no ${name} that Fly could know.`);
}
