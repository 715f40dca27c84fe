import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../../clock.js';
import type { Apps } from '../apps/apps.js';
import type { FaultList } from '../faults/faults.js';
import type { Fault } from '../faults/match.js';
import { FlyRefusal, refusals } from '../refusal.js';
import { type Access, assertMay } from './access.js';
import { readBody } from './body.js';
import { type ApiAnswer, type ApiRequest, matchRoute, type Route } from './router.js';

export interface ApiOptions {
  readonly routes: readonly Route[];
  readonly apps: Apps;
  readonly access: Access;
  readonly clock: Clock;
  readonly faults: FaultList;
  readonly onLog: (line: string) => void;
}

/** How a request ends: with an answer, or, where the fault says so, without one. */
type Outcome = ApiAnswer | 'lost';

const prefix = '/v1';

/** The Machines API as a listener for a `node:http` server. */
export function createApiHandler(options: ApiOptions): RequestListener {
  return (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.setHeader('fly-request-id', randomBytes(13).toString('hex'));
    void respond(options, request, gone.signal).then((outcome) => {
      const shown = outcome === 'lost' ? 'answer lost' : outcome.status;
      options.onLog(`${request.method} ${request.url?.split('?')[0]} ${shown}`);
      if (outcome === 'lost') response.destroy();
      else send(response, outcome);
    });
  };
}

async function respond(options: ApiOptions, request: IncomingMessage, signal: AbortSignal): Promise<Outcome> {
  try {
    return await perform(options, request, signal);
  } catch (error) {
    if (error instanceof FlyRefusal) return { status: error.statusCode, body: error.body };
    if (signal.aborted) return 'lost';
    const message = error instanceof Error ? error.message : String(error);
    options.onLog(`fault of the emulator: ${message}`);
    return { status: 500, body: { error: `internal: ${message}` } };
  }
}

async function perform(options: ApiOptions, request: IncomingMessage, signal: AbortSignal): Promise<Outcome> {
  const { method = 'GET' } = request;
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  if (!path.startsWith(`${prefix}/`)) throw new FlyRefusal(404, '404 page not found');
  const caller = options.access(request);
  const bodyText = await readBody(request);
  const match = matchRoute(options.routes, method, path.slice(prefix.length));
  if (match === undefined) throw refusals.notImplemented(method, path);
  const { route, params } = match;
  const apiRequest: ApiRequest = {
    params,
    query: new URLSearchParams(search),
    headers: request.headers,
    caller,
    bodyText,
    signal,
  };
  const fault = options.faults.take(route.call, params.id);
  return withFault(fault, { route, clock: options.clock, signal }, () => {
    if (params.app !== undefined) assertMay(caller, options.apps.get(params.app));
    return route.handle(apiRequest);
  });
}

async function withFault(
  fault: Fault | undefined,
  { route, clock, signal }: { readonly route: Route; readonly clock: Clock; readonly signal: AbortSignal },
  act: () => ApiAnswer | Promise<ApiAnswer>,
): Promise<Outcome> {
  if (fault === undefined) return act();
  switch (fault.kind) {
    case 'list_empty':
      return { status: 200, body: route.emptyBody?.() ?? [] };
    case 'delay':
      await clock.sleep(fault.ms, signal);
      return act();
    case 'refuse':
      if (fault.afterActing === true) await act();
      throw new FlyRefusal(fault.status, fault.error, fault.bodyStatus);
    case 'lose_answer':
      // Where even the act is refused, that answer is lost too.
      await Promise.resolve()
        .then(act)
        .catch(() => undefined);
      return 'lost';
  }
}

function send(response: ServerResponse, answer: ApiAnswer): void {
  if (response.destroyed) return;
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.body === undefined) {
    response.end();
    return;
  }
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(answer.body));
}
