import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { type Answer, send } from './answer.js';
import type { Metrics } from './metrics/metrics.js';
import type { Readiness } from './readiness.js';
import { SharedRead } from './shared-read.js';

export interface PrivatePortParts {
  readonly readiness: Pick<Readiness, 'answer'>;
  readonly metrics: Pick<Metrics, 'expose' | 'contentType'>;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Less than Prometheus waits, which is 10 s unless told otherwise. */
const scrapeTimeoutMs = 5_000;

/** What is answered out of the public's reach. Anybody on the private network may ask, so nothing of it is secret or dear. */
export function privateHandler({ readiness, metrics, log, now }: PrivatePortParts): RequestListener {
  const scrape = new SharedRead({ read: () => metrics.expose(), keepMs: 0, timeoutMs: scrapeTimeoutMs, now });
  const answers: Readonly<Record<string, () => Promise<Answer>>> = {
    '/health/ready': () => readiness.answer(),
    '/metrics': async () => plain(200, await scrape.get(), metrics.contentType),
  };
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (answer === undefined) return send(response, plain(404, 'Not found\n'));
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, plain(405, 'Only GET\n'));
    answer().then(
      (answered) => send(response, answered),
      (err: unknown) => {
        log.error({ err, path }, 'private request failed');
        send(response, plain(500, 'Failed\n'));
      },
    );
  };
}

function plain(status: number, body: string, contentType = 'text/plain'): Answer {
  const headers = { 'content-type': contentType, 'cache-control': 'no-store', ...(status === 405 && { allow: 'GET' }) };
  return { status, headers, body };
}
