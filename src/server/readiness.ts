import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { within } from '../sdk/routing/deadline.js';
import type { Serving } from '../sdk/serving.js';
import { send } from './answer.js';
import type { Loops } from './loops.js';
import { publicError } from './problem.js';

export interface ReadinessParts {
  readonly serving: Pick<Serving, 'checkDatabase' | 'changes'>;
  readonly loops: Pick<Loops, 'stuck'>;
  readonly stopping: () => boolean;
}

/** `null` is in order; a text says what is not. */
interface Checks {
  readonly serving: string | null;
  readonly database: string | null;
  readonly changes: string | null;
  readonly loops: string | null;
}

const databaseTimeoutMs = 3_000;

/** The private port: whether this instance should be sent traffic. */
export function readinessHandler(parts: ReadinessParts): RequestListener {
  return (request, response) => {
    if (request.url?.split('?', 1)[0] === '/health/ready') void answerReadiness(parts, request, response);
    else send(response, { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found\n' });
  };
}

async function answerReadiness(parts: ReadinessParts, _request: IncomingMessage, response: ServerResponse) {
  const checks = await runChecks(parts);
  const ready = Object.values(checks).every((fault) => fault === null);
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  send(response, { status: ready ? 200 : 503, headers, body: JSON.stringify({ ready, checks }) });
}

async function runChecks({ serving, loops, stopping }: ReadinessParts): Promise<Checks> {
  return {
    serving: stopping() ? 'The server is stopping.' : null,
    database: await databaseFault(serving),
    changes: serving.changes.healthy ? null : 'News of changes does not arrive; every request reads the database.',
    loops: loops.stuck.length === 0 ? null : `Stuck: ${loops.stuck.join(', ')}.`,
  };
}

async function databaseFault(serving: Pick<Serving, 'checkDatabase'>): Promise<string | null> {
  try {
    await within(serving.checkDatabase(), databaseTimeoutMs, () => new Error('no answer'));
    return null;
  } catch (thrown) {
    const error = publicError(thrown);
    return error.code === 'internal' ? 'The database does not answer.' : error.message;
  }
}
