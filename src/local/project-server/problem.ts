import type { ServerResponse } from 'node:http';

interface ProblemContext {
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSecs?: number;
  /** Further members of the problem document. Public: never a secret and never a presigned URL. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A refusal as RFC 9457 has it. `code` is stable; programs act on it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSecs: number | undefined;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, context: ProblemContext = {}) {
    super(detail, context.cause === undefined ? undefined : { cause: context.cause });
    this.status = status;
    this.code = code;
    this.retryAfterSecs = context.retryAfterSecs;
    this.members = context.members ?? {};
  }
}

/** What is not a problem of ours is told without its message, which may hold anything. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem(500, 'internal', 'The project server failed to do this.', { cause: thrown });
}

export function problemHeaders(problem: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(problem.retryAfterSecs === undefined ? {} : { 'retry-after': String(problem.retryAfterSecs) }),
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    // What is left of a body that was refused for its size is not worth reading.
    ...(problem.status === 413 ? { connection: 'close' } : {}),
  };
}

export function problemBody(problem: Problem): string {
  const { status, code, message: detail, members } = problem;
  return JSON.stringify({ ...members, type: 'about:blank', title: code.replaceAll('_', ' '), status, code, detail });
}

export function sendProblem(response: ServerResponse, thrown: unknown): void {
  const problem = asProblem(thrown);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(problem.status, problemHeaders(problem)).end(problemBody(problem));
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
