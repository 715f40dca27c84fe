import type { ServerResponse } from 'node:http';
import type { ErrorCode } from '../sdk/errors.js';
import { problemMediaType } from '../sdk/http/problem.js';
import type { ProjectId } from '../sdk/projects/project-id.js';
import type { Asleep } from '../sdk/routing/outcome.js';
import { pageHeaders, renderPage } from './page.js';
import { retryAfterSecs, statusOf, type Told, toProblem } from './problem.js';

/** A finished answer, for Fastify and for node:http alike. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AnswerFor {
  readonly requestId: string;
  /** A person's browser asked. */
  readonly html: boolean;
  /** Instead of the status of the error's code. */
  readonly status?: number;
}

export function wantsHtml(accept: string | undefined): boolean {
  return accept?.includes('text/html') ?? false;
}

export function answerError(error: Told, { requestId, html, status = statusOf(error.code) }: AnswerFor): Answer {
  const retrySecs = retryAfterSecs(status, error);
  const headers = {
    'cache-control': 'no-store',
    vary: 'Accept',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    ...(retrySecs !== undefined && { 'retry-after': String(retrySecs) }),
    ...(status === 429 && rateLimitOf(error, retrySecs)),
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="valet"' }),
  };
  if (html) {
    const page = { title: titles[error.code] ?? 'This did not work', text: error.message, reloadSecs: retrySecs };
    return { status, headers: { ...headers, ...pageHeaders }, body: renderPage(page) };
  }
  const body = JSON.stringify(toProblem(error, status, requestId));
  return { status, headers: { ...headers, 'content-type': problemMediaType }, body };
}

/** For whoever only looks while the project sleeps. It is not the project, so no search engine is to keep it. */
export function answerAsleep(id: ProjectId, { message }: Asleep, html: boolean): Answer {
  const headers = {
    'cache-control': 'no-store',
    vary: 'Accept, User-Agent',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex',
  };
  if (html) {
    const page = { title: 'Asleep', text: `${message} It wakes when somebody visits it.`, reloadSecs: undefined };
    return { status: 200, headers: { ...headers, ...pageHeaders }, body: renderPage(page) };
  }
  const body = JSON.stringify({ project_id: id, status: 'asleep', detail: message });
  return { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body };
}

function rateLimitOf({ details }: Told, retrySecs: number | undefined): Record<string, string> {
  const limit = details?.limit;
  return {
    ...(typeof limit === 'number' && { 'ratelimit-limit': String(limit) }),
    'ratelimit-remaining': '0',
    'ratelimit-reset': String(retrySecs),
  };
}

export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

const titles: Partial<Record<ErrorCode, string>> = {
  machine_unreachable: 'One moment',
  not_found: 'There is nothing here',
  overloaded: 'Very busy',
  project_id_invalid: 'There is nothing here',
  project_lost: 'Out of service',
  project_not_found: 'There is nothing here',
  state_changed: 'One moment',
  wake_failed: 'This could not be woken',
  wake_timeout: 'Still waking up',
};
