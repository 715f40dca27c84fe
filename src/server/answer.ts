import type { ServerResponse } from 'node:http';
import type { ErrorCode, ValetError } from '../sdk/errors.js';
import { problemMediaType } from '../sdk/http/problem.js';
import { pageHeaders, renderPage } from './page.js';
import { retryAfterSecs, statusOf, toProblem } from './problem.js';

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

export function answerError(error: ValetError, { requestId, html, status = statusOf(error.code) }: AnswerFor): Answer {
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

function rateLimitOf({ details }: ValetError, retrySecs: number | undefined): Record<string, string> {
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
