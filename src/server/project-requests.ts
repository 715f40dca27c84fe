import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Correlation } from '../sdk/correlation.js';
import { ValetError } from '../sdk/errors.js';
import type { ProjectId } from '../sdk/projects/project-id.js';
import type { Refusal, Replay, RouteOutcome } from '../sdk/routing/outcome.js';
import type { Router } from '../sdk/routing/router.js';
import { type Answer, answerError, send, wantsHtml } from './answer.js';
import type { InFlight } from './in-flight.js';
import { requestIdOf } from './request-id.js';

/** Answers requests that are a project's: with a replay, or with why not. Bodies are never read. */
export class ProjectRequests {
  readonly #router: Router;
  readonly #inFlight: InFlight;
  readonly #log: Logger;
  readonly #correlation: Correlation;

  constructor(router: Router, inFlight: InFlight, log: Logger, correlation: Correlation) {
    this.#correlation = correlation;
    this.#router = router;
    this.#inFlight = inFlight;
    this.#log = log;
  }

  handle(id: ProjectId, request: IncomingMessage, response: ServerResponse): void {
    const returned = request.headers['fly-replay-failed'] !== undefined;
    const replay = this.#router.quick(id, returned);
    if (replay !== undefined) sendReplay(response, replay);
    else void this.#route(id, returned, request, response);
  }

  refuseInvalid(text: string, request: IncomingMessage, response: ServerResponse): void {
    const message = `${JSON.stringify(text)} cannot be the id of a project.`;
    send(response, answer(new ValetError('project_id_invalid', message), request, requestIdOf(request)));
  }

  async #route(id: ProjectId, returned: boolean, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const beganAt = performance.now();
    const requestId = requestIdOf(request);
    const signal = this.#inFlight.enter(response);
    const outcome = await this.#correlation.ofRequest(requestId, () => this.#router.route(id, { returned }, signal));
    if (outcome.kind === 'replay') sendReplay(response, outcome);
    if (outcome.kind === 'refuse') send(response, answer(asError(outcome), request, requestId));
    this.#record(outcome, { request_id: requestId, project_id: id, took_ms: Math.round(performance.now() - beganAt) });
  }

  /** Replays are the rule and stay out of the log unless someone was kept waiting. */
  #record(outcome: RouteOutcome, facts: { request_id: string; project_id: ProjectId; took_ms: number }): void {
    if (outcome.kind === 'replay') {
      if (facts.took_ms >= notableWaitMs) this.#log.info(facts, 'request held, then replayed');
      return;
    }
    if (outcome.kind === 'gone') this.#log.info(facts, 'client left while held');
    else if (outcome.code === 'internal') this.#log.error({ ...facts, err: outcome.cause }, 'request not routed');
    else this.#log.info({ ...facts, code: outcome.code }, 'request refused');
  }
}

const notableWaitMs = 100;

function sendReplay(response: ServerResponse, replay: Replay): void {
  response.writeHead(200, { 'fly-replay': replay.header, 'cache-control': 'no-store', 'content-length': 0 });
  response.end();
}

function asError({ code, message, retryAfterSecs, cause }: Refusal): ValetError {
  return new ValetError(code, message, { cause, ...(retryAfterSecs !== undefined && { retryAfterSecs }) });
}

function answer(error: ValetError, request: IncomingMessage, requestId: string): Answer {
  return answerError(error, { requestId, html: wantsHtml(request.headers.accept) });
}
