import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Correlation } from '../sdk/correlation.js';
import { ValetError } from '../sdk/errors.js';
import type { ProjectId } from '../sdk/projects/project-id.js';
import { plainFacts, type RequestFacts } from '../sdk/routing/decide.js';
import type { Observers } from '../sdk/routing/observers.js';
import type { Refusal, Replay, RouteOutcome } from '../sdk/routing/outcome.js';
import { absoluteTarget, type ProjectTarget } from '../sdk/routing/parse.js';
import type { Router } from '../sdk/routing/router.js';
import { answerAsleep, answerError, send, wantsHtml } from './answer.js';
import type { InFlight } from './in-flight.js';
import { requestIdOf } from './request-id.js';
import { discardBody } from './unread-body.js';

export interface ProjectRequestsParts {
  readonly router: Router;
  readonly inFlight: InFlight;
  /** Undefined: every request is use. */
  readonly observers: Observers | undefined;
  readonly correlation: Correlation;
  readonly log: Logger;
}

/** Answers requests that are a project's: with a replay, or with why not. Bodies are never looked at. */
export class ProjectRequests {
  readonly #router: Router;
  readonly #inFlight: InFlight;
  readonly #observers: Observers | undefined;
  readonly #log: Logger;
  readonly #correlation: Correlation;

  constructor({ router, inFlight, observers, correlation, log }: ProjectRequestsParts) {
    this.#correlation = correlation;
    this.#router = router;
    this.#inFlight = inFlight;
    this.#observers = observers;
    this.#log = log;
  }

  handle(target: ProjectTarget, request: IncomingMessage, response: ServerResponse): void {
    const facts = this.#factsOf(target, request);
    const replay = this.#router.quick(target.id, facts);
    if (replay === undefined) void this.#route(target.id, facts, request, response);
    else sendReplay(request, response, replay);
  }

  /** A request that is nobody's. */
  refuse(error: ValetError, request: IncomingMessage, response: ServerResponse): void {
    this.#router.counts.decided.invalid += 1;
    discardBody(request);
    send(response, answerError(error, { requestId: requestIdOf(request), html: wantsHtml(request.headers.accept) }));
  }

  #factsOf(target: ProjectTarget, request: IncomingMessage): RequestFacts {
    const returned = request.headers['fly-replay-failed'] !== undefined;
    const observer = this.#observers?.match(seenOf(target, request)) ?? false;
    return returned || observer ? { returned, observer } : plainFacts;
  }

  async #route(id: ProjectId, facts: RequestFacts, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const beganAt = performance.now();
    const requestId = requestIdOf(request);
    const signal = this.#inFlight.enter(response);
    const outcome = await this.#correlation.ofRequest(requestId, () => this.#router.route(id, facts, signal));
    const html = wantsHtml(request.headers.accept);
    if (outcome.kind === 'replay') sendReplay(request, response, outcome);
    else if (outcome.kind !== 'gone') {
      discardBody(request);
      const isAsleep = outcome.kind === 'asleep';
      send(response, isAsleep ? answerAsleep(id, outcome, html) : answerError(asError(outcome), { requestId, html }));
    }
    this.#record(outcome, { request_id: requestId, project_id: id, took_ms: Math.round(performance.now() - beganAt) });
  }

  /** Replays are the rule, observers a crowd: both stay out of the log, unless someone was kept waiting. */
  #record(outcome: RouteOutcome, facts: { request_id: string; project_id: ProjectId; took_ms: number }): void {
    if (outcome.kind === 'replay') {
      if (facts.took_ms >= notableWaitMs) this.#log.info(facts, 'request held, then replayed');
    } else if (outcome.kind === 'gone') this.#log.info(facts, 'client left while held');
    else if (outcome.kind === 'refuse') {
      if (outcome.code === 'internal') this.#log.error({ ...facts, err: outcome.cause }, 'request not routed');
      else this.#log.info({ ...facts, code: outcome.code }, 'request refused');
    }
  }
}

const notableWaitMs = 100;

function sendReplay(request: IncomingMessage, response: ServerResponse, replay: Replay): void {
  discardBody(request);
  response.writeHead(200, { 'fly-replay': replay.header, 'cache-control': 'no-store', 'content-length': 0 });
  response.end();
}

function seenOf({ id, via }: ProjectTarget, request: IncomingMessage) {
  const url = request.url ?? '/';
  const path = url.startsWith('/') ? url : (absoluteTarget(url)?.path ?? url);
  const own = via === 'path' ? path.slice(`/projects/${id}`.length) : path;
  return {
    method: request.method ?? 'GET',
    path: own.startsWith('/') ? own : `/${own}`,
    userAgent: request.headers['user-agent'],
  };
}

function asError({ code, message, retryAfterSecs, cause }: Refusal): ValetError {
  return new ValetError(code, message, { cause, ...(retryAfterSecs !== undefined && { retryAfterSecs }) });
}
