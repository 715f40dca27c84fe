import type { AnswerHeader } from './route-config.js';

const text = (description: string): AnswerHeader => ({ type: 'string', description });
const whole = (description: string): AnswerHeader => ({ type: 'integer', description });

/** On every answer. */
export const always = { 'X-Request-Id': text('To quote when asking for help: the log has it too.') };

export const location = { Location: text('Where the new project is looked at.') };

export const entityTag = { ETag: text('Changes with the content; send it back as `If-None-Match`.') };

export const rateLimit = {
  'RateLimit-Limit': whole('Creates in the window that is nearest to its end of them.'),
  'RateLimit-Remaining': whole('Creates that are left in it.'),
  'RateLimit-Reset': whole('Seconds until it begins anew.'),
};

const retryAfter = { 'Retry-After': whole('Seconds after which trying again makes sense.') };
const challenge = { 'WWW-Authenticate': text('The scheme that is asked for: Bearer.') };

/** What problems of a status carry. */
export function headersOfProblem(status: number): Readonly<Record<string, AnswerHeader>> {
  if (status === 401) return { ...always, ...challenge };
  if (status === 429) return { ...always, ...retryAfter, ...rateLimit };
  return status === 503 ? { ...always, ...retryAfter } : always;
}
