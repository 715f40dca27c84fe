import { globSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiDocument, callersOf, documentOf, type Operation, operationsOf } from '../support/api-document.js';
import { page, root } from '../support/documents.js';
import { ask, startTestServer, type TestServer, TestServing } from '../support/server.js';

let bench: TestServer;
let document: ApiDocument;
let operations: Operation[];
beforeAll(async () => {
  bench = await startTestServer(new TestServing());
  document = await documentOf(bench.port);
  operations = operationsOf(document);
});
afterAll(() => bench[Symbol.asyncDispose]());

const open = [
  'GET /api/openapi.json',
  'GET /api/projects/{id}',
  'GET /api/route/{project_id}',
  'GET /health',
  'POST /api/projects',
];

it('a public validator takes the document for OpenAPI 3.1', async () => {
  const { json } = await ask(bench.port, { path: '/api/openapi.json' });
  const validator = new Validator();
  expect(await validator.validate(structuredClone(Object(json)))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const broken = { ...Object(json), paths: { '/api/pool': { get: { responses: 7 } } } };
  expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
});

it('the version is that of the server', () => {
  expect(document.info).toMatchObject({ title: 'Valet', version: '1.2.3' });
});

it('the public routes are open and all others are the operator’s, one of them a machine’s too', () => {
  const callers = (who: string) =>
    operations
      .filter((operation) => callersOf(operation).includes(who))
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted();
  expect(callers('public')).toEqual(open);
  expect(callers('machine')).toEqual(['POST /api/projects/{id}/activity']);
  expect(new Set([...callers('operator'), ...open]).size).toBe(operations.length);
});

it('no route that is written down in the server is missing', () => {
  const written = globSync('src/server/api/*.ts', { cwd: root })
    .flatMap((path) => [...page(path).text.matchAll(/\burl: (['`])(.+?)\1/g)])
    .map(
      ([, , url = '']) =>
        new RegExp(
          `^${url
            .replaceAll('.', '\\.')
            .replace(/\$\{\w+\}/g, '\\w+')
            .replace(/:(\w+)/g, '\\{$1\\}')}$`,
        ),
    );
  const paths = Object.keys(document.paths);
  expect(written.length).toBeGreaterThan(20);
  expect(written.filter((url) => !paths.some((path) => url.test(path)))).toEqual([]);
  expect(paths.filter((path) => !written.some((url) => url.test(path)))).toEqual([]);
});

it('every address refuses the methods that the document does not have there, and says which it has', async () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const known = Object.keys(methods).map((method) => method.toUpperCase());
    // Its answer to HEAD would read all of R2's object for nothing.
    const allowed = known.includes('GET') && !path.endsWith('/content') ? [...known, 'HEAD'] : known;
    const answer = await ask(bench.port, { method: 'PUT', path: path.replace(/\{\w+\}/g, 'demo') });
    expect(answer, path).toMatchObject({
      status: 405,
      json: { code: 'request_invalid', details: { allowed: allowed.toSorted() } },
    });
    expect(answer.headers.allow).toBe(allowed.toSorted().join(', '));
  }
});

it('every operation has a name of its own, a known tag, and words for each parameter, answer and header', () => {
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  const tags = document.tags.map(({ name }) => name);
  for (const { operationId, tags: own, parameters, responses } of operations) {
    expect(tags, operationId).toEqual(expect.arrayContaining(own));
    expect(parameters.filter(({ description }) => !description).map(({ name }) => `${operationId} ${name}`)).toEqual(
      [],
    );
    for (const { description, headers } of Object.values(responses)) {
      expect(description).not.toBe('Default Response');
      expect(Object.keys(headers)).toContain('X-Request-Id');
    }
  }
});

it('shapes of answers have names, and every name that is used is there', () => {
  const used = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(new Set(used)).toEqual(new Set(Object.keys(document.components.schemas)));
  expect(JSON.stringify(document)).not.toContain('$defs');
});
