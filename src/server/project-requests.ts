import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Correlation } from '../sdk/correlation.js';
import type { ValetError } from '../sdk/errors.js';
import type { ProjectId } from '../sdk/projects/project-id.js';
import { plainFacts, type RequestFacts } from '../sdk/routing/decide.js';
import type { Observers } from '../sdk/routing/observers.js';
import type { RouteOutcome } from '../sdk/routing/outcome.js';
import { absoluteTarget, type ProjectTarget } from '../sdk/routing/parse.js';
import type { Router } from '../sdk/routing/router.js';
import { answerAsleep, answerError, send, wantsHtml } from './answer.js';
import type { InFlight } from './in-flight.js';
import type { RequestHead } from './request-head.js';
import { requestIdOf } from './request-id.js';
import { SpacedLines } from './spaced-lines.js';
import { discardBody } from './unread-body.js';

export interface ProjectRequestsParts {
  readonly router: Router;
  readonly inFlight: InFlight;
  /** Undefined: every request is use. */
  readonly observers: Observers | undefined;
  readonly correlation: Correlation;
  readonly log: Logger;
}

/** A request, what it was seen to be, and the way to answer it. */
export interface Exchange {
  readonly head: RequestHead;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What a request that could not be answered at once has gone through. */
interface Waited {
  readonly requestId: string;
  readonly ms: number;
}

/** Answers requests that are a project's: with a replay, or with why not. Bodies are never looked at. */
export class ProjectRequests {
  readonly #router: Router;
  readonly #inFlight: InFlight;
  readonly #observers: Observers | undefined;
  readonly #log: Logger;
  readonly #correlation: Correlation;
  readonly #refused: SpacedLines;

  constructor({ router, inFlight, observers, correlation, log }: ProjectRequestsParts) {
    this.#correlation = correlation;
    this.#router = router;
    this.#inFlight = inFlight;
    this.#observers = observers;
    this.#log = log;
    this.#refused = new SpacedLines(log);
  }

  handle(target: ProjectTarget, exchange: Exchange): void {
    const facts = this.#factsOf(target, exchange);
    const answer = this.#router.quick(target.id, facts);
    if (answer !== undefined) this.#give(target.id, answer, exchange);
    else if (facts === plainFacts) void this.#afterReading(target.id, exchange);
    else void this.#route(target.id, facts, exchange);
  }

  /** A request that is nobody's. */
  refuse(error: ValetError, { head, request, response }: Exchange): void {
    this.#router.counts.decided.invalid += 1;
    if (head.hasBody) discardBody(request);
    send(response, answerError(error, { requestId: requestIdOf(request), html: wantsHtml(request.headers.accept) }));
  }

  /** Ends the lines about what was refused. */
  close(): void {
    this.#refused.close();
  }

  #factsOf(target: ProjectTarget, { head, request }: Exchange): RequestFacts {
    const observer = this.#observers?.match(seenOf(target, request)) ?? false;
    return head.returned || observer ? { returned: head.returned, observer } : plainFacts;
  }

  /** Most requests that are not in the cache need no more than its row: no place to wait in and no way to give up. */
  async #afterReading(id: ProjectId, exchange: Exchange): Promise<void> {
    this.#inFlight.beginBrief();
    const answer = await this.#router.afterReading(id);
    this.#inFlight.endBrief(exchange.response);
    if (answer === undefined) await this.#route(id, plainFacts, exchange);
    else this.#give(id, answer, exchange);
  }

  async #route(id: ProjectId, facts: RequestFacts, exchange: Exchange): Promise<void> {
    const beganAt = performance.now();
    const signal = this.#inFlight.enter(exchange.response);
    const requestId = requestIdOf(exchange.request);
    const outcome = await this.#correlation.ofRequest(requestId, () => this.#router.route(id, facts, signal));
    this.#give(id, outcome, exchange, { requestId, ms: performance.now() - beganAt });
  }

  #give(id: ProjectId, outcome: RouteOutcome, { head, request, response }: Exchange, waited?: Waited): void {
    if (outcome.kind !== 'gone' && head.hasBody) discardBody(request);
    if (outcome.kind === 'replay') {
      response.writeHead(200, ['fly-replay', outcome.header, 'cache-control', 'no-store', 'content-length', '0']);
      response.end();
      if (waited === undefined || waited.ms < notableWaitMs) return;
    }
    const requestId = waited?.requestId ?? requestIdOf(request);
    const html = wantsHtml(request.headers.accept);
    if (outcome.kind === 'asleep') send(response, answerAsleep(id, outcome, html));
    if (outcome.kind === 'refuse') send(response, answerError(outcome, { requestId, html }));
    this.#record(outcome, { request_id: requestId, project_id: id, took_ms: Math.round(waited?.ms ?? 0) });
  }

  /** Replays are the rule, observers a crowd: both stay out of the log, unless someone was kept waiting. */
  #record(outcome: RouteOutcome, facts: { request_id: string; project_id: ProjectId; took_ms: number }): void {
    if (outcome.kind === 'replay') this.#log.info(facts, 'request held, then replayed');
    else if (outcome.kind === 'gone') this.#log.info(facts, 'client left while held');
    else if (outcome.kind === 'refuse') {
      const { code, cause } = outcome;
      this.#refused.write(code, (log) => {
        if (code === 'internal') log.error({ ...facts, err: cause }, 'request not routed');
        else log.info({ ...facts, code }, 'request refused');
      });
    }
  }
}

const notableWaitMs = 100;

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
