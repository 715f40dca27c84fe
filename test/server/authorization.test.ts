import { afterAll, beforeAll, expect, it } from 'vitest';
import { answeringValet } from '../support/answering-valet.js';
import { callersOf, documentOf, type Operation, operationsOf } from '../support/api-document.js';
import { ask, machineSecret, startTestServer, type TestServer, TestServing } from '../support/server.js';

const { answers, asked } = answeringValet();
const serving = new TestServing(answers);
let bench: TestServer;
let closed: Operation[];
beforeAll(async () => {
  bench = await startTestServer(serving, { secrets: ['old-secret', 'new-secret'] });
  closed = operationsOf(await documentOf(bench.port)).filter((operation) => !callersOf(operation).includes('public'));
});
afterAll(() => bench[Symbol.asyncDispose]());

const attempt = ({ method, path }: Operation, authorization?: string) =>
  ask(bench.port, {
    method,
    path: path.replace(/\{\w+\}/g, 'demo'),
    headers: authorization === undefined ? {} : { authorization },
  });

it('a machine’s secret is good for the activity of its project, and for no other route', async () => {
  for (const operation of closed) {
    const expected = operation.operationId === 'reportActivity' ? 200 : 401;
    expect((await attempt(operation, `Bearer ${machineSecret}`)).status, operation.operationId).toBe(expected);
  }
  const create = await ask(bench.port, {
    method: 'POST',
    path: '/api/projects',
    headers: { authorization: `Bearer ${machineSecret}` },
  });
  expect(create.status).toBe(401);
  expect(asked).toEqual([]);
  expect(serving.activity.recorded).toEqual(['demo by its machine']);
});

it('while one secret replaces another both are good everywhere', async () => {
  for (const operation of closed)
    for (const secret of ['old-secret', 'new-secret'])
      expect((await attempt(operation, `Bearer ${secret}`)).status, operation.operationId).not.toBe(401);
});

it('a refusal is the same for no secret, a wrong one and a machine’s, and says nothing of what is behind it', async () => {
  const refusals = new Set<string>();
  for (const operation of closed) {
    for (const authorization of [undefined, 'Bearer wrong', 'Bearer old-secre', 'Basic b3A=', 'Bearer old-secret x']) {
      const { status, headers, text } = await attempt(operation, authorization);
      const { request_id: _, ...problem } = JSON.parse(text);
      refusals.add(JSON.stringify([status, headers['www-authenticate'], problem]));
    }
  }
  expect([...refusals]).toHaveLength(1);
});
