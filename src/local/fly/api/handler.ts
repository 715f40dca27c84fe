import type { IncomingMessage, RequestListener } from 'node:http';
import type { Clock } from '../../clock.js';
import type { Apps } from '../apps/apps.js';
import type { FaultList, Hit } from '../faults/faults.js';
import { fillingOf } from '../faults/filling.js';
import { answered, performUnder } from '../faults/perform.js';
import type { Pace } from '../pace/pace.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import { isCounted, subjectOf } from '../rate-limits/rates.js';
import { refusals } from '../refusal.js';
import { type Access, assertMay, type Caller } from './access.js';
import { readBody } from './body.js';
import { listenerOf } from './listener.js';
import type { Outcome } from './outcome.js';
import { type ApiAnswer, type ApiRequest, matchRoute, type Route, type RouteMatch } from './router.js';

export interface ApiOptions {
  readonly routes: readonly Route[];
  readonly apps: Apps;
  readonly access: Access;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly rateLimits: RateLimits;
  readonly faults: FaultList;
  readonly onLog: (line: string) => void;
}

/** A call that is known, from somebody who is. */
interface Call {
  readonly match: RouteMatch;
  readonly request: Omit<ApiRequest, 'lists'>;
}

const prefix = '/v1';

/** The Machines API as a listener for a `node:http` server. */
export function createApiHandler(options: ApiOptions): RequestListener {
  return listenerOf((request, signal) => perform(options, request, signal), options.onLog);
}

async function perform(options: ApiOptions, request: IncomingMessage, signal: AbortSignal): Promise<Outcome> {
  const call = await readCall(options, request, signal);
  const { match, request: apiRequest } = call;
  limit(options, match, apiRequest.caller);
  const answerMs = options.pace.answerMs(match.route.call);
  if (answerMs > 0) await options.clock.sleep(answerMs, signal);
  const facts = { call: match.route.call, target: match.params.id, app: match.params.app };
  const hit = options.faults.take(facts);
  const { fault } = hit;
  const act = async () => handle(options, call, hit);
  if (fault === undefined) return answered(await act());
  const filling = fillingOf(facts, apiRequest.query, apiRequest.bodyText);
  const { emptyBody = () => [] } = match.route;
  return performUnder(fault, { act, emptyBody, filling, clock: options.clock, signal });
}

/** @throws FlyRefusal 401, 404, 413, 501 or, for a path that is wrongly encoded, 400 */
async function readCall(options: ApiOptions, request: IncomingMessage, signal: AbortSignal): Promise<Call> {
  const { method = 'GET' } = request;
  const [fullPath = '', search = ''] = (request.url ?? '').split('?', 2);
  if (!fullPath.startsWith(`${prefix}/`)) throw refusals.unknownPath();
  const caller = options.access(request);
  const bodyText = await readBody(request);
  const match = matchRoute(options.routes, method, fullPath.slice(prefix.length));
  if (match === undefined) throw refusals.notImplemented(method, fullPath);
  const query = new URLSearchParams(search);
  const { params } = match;
  return { match, request: { params, query, headers: request.headers, caller, bodyText, signal } };
}

function limit({ rateLimits, apps }: ApiOptions, match: RouteMatch, caller: Caller): void {
  if (!isCounted(caller)) return;
  const org = caller.kind === 'org' ? caller.org : (apps.find(caller.app)?.org ?? '');
  rateLimits.count(match.route.call, subjectOf(match, org));
}

function handle(options: ApiOptions, { match, request }: Call, hit: Hit): ApiAnswer | Promise<ApiAnswer> {
  const { app } = request.params;
  if (app !== undefined) assertMay(request.caller, options.apps.get(app));
  const { route } = match;
  if (hit.hidesTarget) throw refusals.notFound(route.path.startsWith('/apps/:app/volumes') ? 'volume' : 'machine');
  return route.handle({ ...request, lists: hit.lists });
}
