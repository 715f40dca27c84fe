import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect } from 'vitest';
import { z } from 'zod';
import { type Answered, ask } from './server.js';

const schemaHolder = z.looseObject({ schema: z.unknown() });
const parameterSchema = z.looseObject({
  in: z.enum(['path', 'query', 'header']),
  name: z.string(),
  required: z.boolean(),
  description: z.string().optional(),
  schema: z.looseObject({ default: z.unknown().optional() }),
});
const answerSchema = z.object({
  description: z.string(),
  headers: z.record(
    z.string(),
    z.looseObject({ description: z.string(), schema: z.looseObject({ type: z.string() }) }),
  ),
  content: z.record(z.string(), schemaHolder).default({}),
});
const operationSchema = z.strictObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.object({ required: z.boolean(), content: z.object({ 'application/json': schemaHolder }) }).optional(),
  responses: z.record(z.string(), answerSchema),
});
export const documentSchema = z.looseObject({
  openapi: z.string(),
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
});
export type ApiDocument = z.infer<typeof documentSchema>;

export interface Operation extends z.infer<typeof operationSchema> {
  readonly method: string;
  readonly path: string;
}

export async function documentOf(port: number): Promise<ApiDocument> {
  return documentSchema.parse((await ask(port, { path: '/api/openapi.json' })).json);
}

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, one]) => ({ method: method.toUpperCase(), path, ...one })),
  );
}

/** Who may call it: with nothing, as the operator, as the project's machine. */
export function callersOf({ security }: Operation): string[] {
  if (security === undefined) return ['public'];
  return security.flatMap((one) => (Object.keys(one).length === 0 ? ['public'] : Object.keys(one)));
}

/** Headers that say something to a program: none of them comes unannounced. */
const telling = /^(etag|location|retry-after|www-authenticate|ratelimit-.*|valet-.*|x-request-id)$/;

/** Holds real answers to the document. */
export class Conformance {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: ApiDocument) {
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
  }

  /** Fails unless the answer is one that the operation promises: status, headers, media type, body. */
  expectAsPromised(operation: Operation, answer: Answered, optional: readonly string[] = []): void {
    const what = `${operation.method} ${operation.path} answers ${answer.status}`;
    const promised = operation.responses[answer.status];
    expect(promised, what).toBeDefined();
    const names = Object.keys(promised?.headers ?? {}).map((name) => name.toLowerCase());
    const given = Object.keys(answer.headers);
    expect(
      given.filter((name) => telling.test(name) && !names.includes(name)),
      `${what}: headers`,
    ).toEqual([]);
    expect(
      names.filter((name) => !given.includes(name) && !optional.includes(name)),
      `${what}: no header`,
    ).toEqual([]);
    const type = answer.headers['content-type']?.split(';')[0];
    expect(Object.keys(promised?.content ?? {}).length > 0, `${what}: a body`).toBe(type !== undefined);
    if (type === undefined) return;
    expect(promised?.content, what).toHaveProperty([type]);
    if (type.endsWith('json') && !type.endsWith('ndjson'))
      this.#expectValid(operation, answer.status, type, answer.json);
    if (type.endsWith('ndjson'))
      for (const line of linesOf(answer.text)) this.#expectValid(operation, answer.status, type, line);
  }

  #expectValid({ method, path, operationId }: Operation, status: number, type: string, value: unknown): void {
    const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.#ajv.getSchema(`api#/${pointer}`);
    if (validate === undefined) throw new Error(`The document has no schema at ${pointer}.`);
    validate(value);
    expect(validate.errors, `${operationId} ${status}: ${JSON.stringify(value)}`).toBeNull();
  }
}

export function linesOf(text: string): unknown[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
