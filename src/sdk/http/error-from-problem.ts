import { type ErrorCode, isErrorCode, ValetError } from '../errors.js';
import { type Problem, problemSchema } from './problem.js';

/** The error that the server threw, or, from something that is no Valet (a proxy), that it was not reached. */
export function errorFrom(status: number, json: unknown, url: string): ValetError {
  const parsed = problemSchema.safeParse(json);
  if (parsed.success) return fromProblem(parsed.data);
  return new ValetError('valet_unreachable', `Valet at ${url} was not reached: the answer was a bare HTTP ${status}.`, {
    hint: 'Something in between answered, or the URL is not that of `valet serve`.',
  });
}

function fromProblem(problem: Problem): ValetError {
  const { hint, retry_after_secs, details, request_id } = problem;
  const code = isErrorCode(problem.code) ? problem.code : nearestCode(problem.status);
  const known = { ...details, ...(request_id !== undefined && code === 'internal' && { request_id }) };
  return new ValetError(code, problem.detail, {
    ...(hint !== undefined && { hint }),
    ...(retry_after_secs !== undefined && { retryAfterSecs: retry_after_secs }),
    ...(Object.keys(known).length > 0 && { details: known }),
  });
}

/** For a code of a newer server: the nearest that a caller of this version can act on. */
function nearestCode(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 503) return 'overloaded';
  return status >= 400 && status < 500 ? 'request_invalid' : 'internal';
}
