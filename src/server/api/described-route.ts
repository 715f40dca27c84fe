import type { FastifyContextConfig, FastifySchema } from 'fastify';
import { environmentHeader } from '../../sdk/environment-name.js';
import { problemMediaType } from '../../sdk/http/problem.js';
import { always, entityTag, headersOfProblem } from './answer-headers.js';
import type { AnswerHeader } from './route-config.js';

export const tags = {
  projects: 'Create, look at, wake, archive, hold, restore and delete projects',
  archives: 'What projects were archived to, and proofs of it',
  machines: 'Machines that Valet has or has had',
  pool: 'Machines that wait for a project',
  sweep: 'The search for projects that nobody uses',
  orphans: 'What carries our stamp at Fly and is not accounted for',
  routing: 'Where requests go',
  server: 'This instance',
} as const;

type Headers = Readonly<Record<string, AnswerHeader>>;

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not as it should be.',
  401: 'The bearer secret is missing or wrong.',
  404: 'There is no such thing.',
  409: 'Its state forbids it, somebody else was faster, or another environment is meant.',
  413: 'The body is too large.',
  415: 'The body is of another media type.',
  429: 'This address has created too many projects.',
  500: 'A fault of Valet.',
  502: 'Fly, the machine or R2 refused, or answered something unusable.',
  503: 'Not now: the database is away, too much waits here, or the project cannot be served.',
};

/**
 * A route for the OpenAPI document, from its JSON schemas and its configuration: answers by status with their headers,
 * those that follow from the schema among them.
 */
export function describedRoute(schema: FastifySchema, config: FastifyContextConfig): FastifySchema {
  const answers = Object.entries(record(schema.response)).map(([status, answer]) => [status, success(answer, config)]);
  const problems = problemStatuses(schema, config).map((status) => [status, problemAnswer(status)]);
  const known = config.conditional === true ? [[304, notModified]] : [];
  return {
    ...schema,
    ...headersOf(schema, config),
    response: Object.fromEntries([...answers, ...known, ...problems]),
  };
}

const ifNoneMatch = {
  'if-none-match': { type: 'string', description: 'ETags that are known: 304 if one of them is still right.' },
};
const meantEnvironment = {
  [environmentHeader]: { type: 'string', description: 'The environment that is meant: 409 if this is another.' },
};

/** Those that its own schema names, and those that follow from what it is. */
function headersOf({ headers, security }: FastifySchema, { conditional }: FastifyContextConfig) {
  const properties = {
    ...record(record(headers).properties),
    ...(security !== undefined && meantEnvironment),
    ...(conditional === true && ifNoneMatch),
  };
  return Object.keys(properties).length === 0 ? {} : { headers: { type: 'object', properties } };
}

const notModified = { description: 'It has not changed.', headers: { ...always, ...entityTag }, type: 'null' };

function success(answer: unknown, { conditional, headers }: FastifyContextConfig) {
  const described = record(answer);
  const content = 'content' in described ? record(described.content) : { 'application/json': { schema: answer } };
  return {
    description: described.description ?? 'Done.',
    headers: { ...always, ...(conditional === true && entityTag), ...headers } satisfies Headers,
    content,
  };
}

function problemAnswer(status: number) {
  const schema = { $ref: '#/components/schemas/Problem' };
  return {
    description: titles[status] ?? 'A problem.',
    headers: headersOfProblem(status),
    content: { [problemMediaType]: { schema } },
  };
}

function problemStatuses(schema: FastifySchema, { problems = [] }: FastifyContextConfig): readonly number[] {
  const { security, params, querystring, headers, body } = schema;
  const takesInput = [params, querystring, headers, body].some((part) => part !== undefined);
  const all = [
    ...(takesInput ? [400] : []),
    ...(security === undefined ? [] : [401, 409]),
    ...(body === undefined ? [] : [413, 415]),
    ...problems,
    // What does nothing but say what it is has nothing that could break.
    ...(problems.length > 0 ? [500] : []),
  ];
  return [...new Set(all)].toSorted((one, other) => one - other);
}

/** For values of which nothing is known but that they may be objects. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
