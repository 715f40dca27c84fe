import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../src/sdk/client.js';
import { answeringValet } from '../support/answering-valet.js';
import { documentOf, type Operation, operationsOf } from '../support/api-document.js';
import {
  ask,
  asOperator,
  machineSecret,
  operatorSecret,
  startTestServer,
  type TestServer,
  TestServing,
} from '../support/server.js';

const { answers, asked } = answeringValet();
const serving = new TestServing(answers);
let bench: TestServer;
let operators: Operation[];
beforeAll(async () => {
  bench = await startTestServer(serving);
  operators = operationsOf(await documentOf(bench.port)).filter(({ security }) => security !== undefined);
});
afterAll(() => bench[Symbol.asyncDispose]());

it('G13: every call of an operator that names another environment is refused before anything is asked', async () => {
  expect(operators.length).toBeGreaterThan(20);
  const another = { ...asOperator, 'valet-environment': 'prod' };
  for (const { operationId, method, path } of operators) {
    // What is wrong with the body is not looked at either.
    const sent = { method, path: path.replace(/\{\w+\}/g, 'demo'), headers: another, body: 'not JSON' };
    const { status, json } = await ask(bench.port, method === 'POST' ? sent : { ...sent, body: '' });
    expect({ status, json }, operationId).toMatchObject({
      status: 409,
      json: { code: 'environment_mismatch', details: { environment: 'test', meant: 'prod' } },
    });
  }
  expect(asked).toEqual([]);
  expect(serving.activity.recorded).toEqual([]);
});

it('nobody else learns the name of the environment by naming another', async () => {
  for (const authorization of ['Bearer wrong', `Bearer ${machineSecret}`, '']) {
    const headers = { authorization, 'valet-environment': 'prod' };
    const answer = await ask(bench.port, { path: '/api/projects', headers });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('test"');
  }
});

it('a client that means this environment is answered, and one that means another is told both names', async () => {
  const to = { url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret };
  await using same = createClient({ ...to, environment: 'test' });
  expect(await same.installation()).toEqual({ environment: 'test', fly_app: 'valet-machines', version: '1.2.3' });
  await using other = createClient({ ...to, environment: 'prod' });
  for (const call of [() => other.installation(), () => other.projects.delete('demo'), () => other.sweep.run()]) {
    await expect(call()).rejects.toMatchObject({
      code: 'environment_mismatch',
      message: 'This is environment "test", and "prod" was meant.',
      hint: expect.stringContaining('Nothing was done.'),
    });
  }
  expect(asked).toEqual([]);
});
