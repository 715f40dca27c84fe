import { expect, it } from 'vitest';
import { z } from 'zod';
import { ask, startTestServer, TestServing } from '../support/server.js';

const documentSchema = z.object({
  openapi: z.string(),
  info: z.object({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ security: z.array(z.unknown()).optional() }))),
});

const open = [
  'get /api/openapi.json',
  'get /api/projects/{id}',
  'get /api/route/{project_id}',
  'get /health',
  'post /api/projects',
];
const closed = [
  'delete /api/projects/{id}',
  'get /api/archives/{id}/content',
  'get /api/machines',
  'get /api/orphans',
  'get /api/pool',
  'get /api/projects',
  'get /api/projects/{id}/archives',
  'get /api/projects/{id}/events',
  'get /api/projects/{id}/explain',
  'get /api/server',
  'get /api/sweep/plan',
  'post /api/archives/{id}/verify',
  'post /api/orphans/keep',
  'post /api/orphans/remove',
  'post /api/pool/drain',
  'post /api/pool/pause',
  'post /api/pool/replenish',
  'post /api/pool/resume',
  'post /api/projects/{id}/activity',
  'post /api/projects/{id}/archive',
  'post /api/projects/{id}/hold',
  'post /api/projects/{id}/restore',
  'post /api/projects/{id}/undo',
  'post /api/projects/{id}/wake',
  'post /api/sweep/run',
];

it('the OpenAPI document lists exactly the routes, and which need a bearer', async () => {
  await using bench = await startTestServer(new TestServing());
  const answer = await ask(bench.port, { path: '/api/openapi.json' });
  const document = documentSchema.parse(answer.json);
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), info: { version: '1.2.3' } });
  const listed = { open: [] as string[], closed: [] as string[] };
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      listed[operation.security === undefined ? 'open' : 'closed'].push(`${method} ${path}`);
    }
  }
  expect({ open: listed.open.sort(), closed: listed.closed.sort() }).toEqual({ open, closed });
});

it('the OpenAPI document describes bodies, answers and problems by their schemas', async () => {
  await using bench = await startTestServer(new TestServing());
  const { json } = await ask(bench.port, { path: '/api/openapi.json' });
  expect(json).toMatchObject({
    paths: {
      '/api/projects': {
        post: {
          requestBody: { content: { 'application/json': { schema: { properties: { region: { type: 'string' } } } } } },
          responses: {
            201: { content: { 'application/json': { schema: { properties: { deploy_key: { type: 'string' } } } } } },
            default: { content: { 'application/problem+json': { schema: { properties: { code: {} } } } } },
          },
        },
      },
      '/api/archives/{id}/content': {
        get: { responses: { 200: { content: { 'application/vnd.sqlite3': { schema: { format: 'binary' } } } } } },
      },
    },
  });
});
