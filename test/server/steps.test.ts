import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { createClient } from '../../src/sdk/client.js';
import type { SweepStep } from '../../src/sdk/steps.js';
import { listen } from '../../src/server/listener.js';
import { linesOf } from '../support/api-document.js';
import { sampleSweep } from '../support/fake-valet.js';
import { rawConnection } from '../support/raw-http.js';
import { until } from '../support/routing.js';
import { ask, asOperator, operatorSecret, startTestServer, TestServing } from '../support/server.js';

const asked = { method: 'POST', path: '/api/sweep/run', headers: { ...asOperator, accept: 'application/x-ndjson' } };
const done: SweepStep = { kind: 'done', result: sampleSweep() };

type Steps = (options?: unknown, call?: { readonly signal?: AbortSignal }) => AsyncIterable<SweepStep>;

function telling(steps: Steps): TestServing {
  return new TestServing({ sweep: { run: async () => sampleSweep(), steps } });
}

it('a silent operation says that it goes on, so that no proxy cuts it', async () => {
  const gate = Promise.withResolvers<void>();
  const serving = telling(async function* () {
    yield { kind: 'planned', total: 1 };
    await gate.promise;
    yield done;
  });
  await using bench = await startTestServer(serving, { heartbeatMs: 5 });
  const url = `http://127.0.0.1:${bench.port}`;
  const answer = await fetch(`${url}${asked.path}`, { method: 'POST', headers: asked.headers });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.split('"waiting"').length > 3) gate.resolve();
  }
  const kinds = linesOf(text).map((line) => Object(line).kind);
  expect(new Set(kinds)).toEqual(new Set(['planned', 'waiting', 'done']));
  expect([kinds[0], kinds.at(-1)]).toEqual(['planned', 'done']);

  // Those who hold the SDK hear of steps alone.
  await using client = createClient({ url, secret: operatorSecret });
  const told: string[] = [];
  for await (const { kind } of client.sweep.steps()) told.push(kind);
  expect(told).toEqual(['planned', 'done']);
});

it('an operation that is slow to begin is answered before its first step', async () => {
  const gate = Promise.withResolvers<void>();
  const serving = telling(async function* () {
    await gate.promise;
    yield done;
  });
  await using bench = await startTestServer(serving, { heartbeatMs: 5 });
  const answer = await fetch(`http://127.0.0.1:${bench.port}${asked.path}`, { method: 'POST', headers: asked.headers });
  expect(answer.status).toBe(200);
  gate.resolve();
  expect(await answer.text()).toMatch(/^\{"kind":"waiting"\}\n/);
});

it('a client that goes away ends the operation', async () => {
  let left: unknown;
  const serving = telling(async function* (_options, call) {
    yield { kind: 'planned', total: 1 };
    const gone = Promise.withResolvers<never>();
    call?.signal?.addEventListener('abort', () => {
      left = call.signal?.reason;
      gone.reject(left);
    });
    await gone.promise;
  });
  await using bench = await startTestServer(serving);
  const client = new AbortController();
  const { path, ...init } = asked;
  const answer = await fetch(`http://127.0.0.1:${bench.port}${path}`, { ...init, signal: client.signal });
  expect(answer.status).toBe(200);
  client.abort();
  await until('the operation is left', () => left !== undefined);
});

it('an instance that stops says so in the last line', async () => {
  const serving = telling(async function* (_options, call) {
    yield { kind: 'planned', total: 1 };
    await once(call?.signal ?? AbortSignal.abort(), 'abort');
    throw call?.signal?.reason;
  });
  await using bench = await startTestServer(serving, { drainMs: 50 });
  const { path, ...init } = asked;
  const answer = await fetch(`http://127.0.0.1:${bench.port}${path}`, init);
  const [text] = await Promise.all([answer.text(), bench.server.stop()]);
  expect(linesOf(text).at(-1)).toMatchObject({ kind: 'failed', problem: { code: 'overloaded', status: 503 } });
});

it('a reader who is slow makes the server wait, and holds nothing but its own lines', async () => {
  const many = 400;
  let pulled = 0;
  const reason = 'x'.repeat(100_000);
  const serving = telling(async function* () {
    for (; pulled < many; pulled++)
      yield { kind: 'project', outcome: 'kept', id: 'demo', took_secs: 1, code: 'machine_busy', reason };
    yield done;
  });
  await using bench = await startTestServer(serving);
  await using connection = await rawConnection(`http://127.0.0.1:${bench.port}`);
  const headers = Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}`);
  connection.socket.pause();
  connection.socket.write(
    [`POST ${asked.path} HTTP/1.1`, 'host: localhost', 'connection: close', ...headers, '', ''].join('\r\n'),
  );
  await until('it has begun', () => pulled > 0);
  for (let turn = 0; turn < 20; turn++) await ask(bench.port, { path: '/health' });
  expect(pulled).toBeLessThan(many);
  connection.socket.resume();
  expect(await connection.ended).toContain('"kind":"done"');
  expect(pulled).toBe(many);
});

it.each<[what: string, handle: RequestListener, says: string]>([
  ['ends without a last step', (_request, response) => response.end('{"kind":"planned","total":1}\n'), 'no last step'],
  ['breaks off within a line', (_request, response) => response.end('{"kind":"plan'), 'broke off'],
  [
    'cuts the connection',
    (request, response) => {
      response.write('{"kind":"planned","total":1}\n');
      setImmediate(() => request.socket.destroy());
    },
    'broke off',
  ],
  ['tells something else', (_request, response) => response.end('{"kind":"walk"}\n'), 'not Valet’s'],
  ['tells no JSON', (_request, response) => response.end('<html>\n'), 'not Valet’s'],
])('the client takes a server that %s for one that did not answer', async (_what, handle, says) => {
  const server = createServer(handle);
  const { port } = await listen(server, '127.0.0.1', 0);
  await using client = createClient({ url: `http://127.0.0.1:${port}` });
  await expect(client.sweep.run()).rejects.toMatchObject({
    code: 'valet_unreachable',
    message: expect.stringContaining(says),
  });
  server.closeAllConnections();
  server.close();
});
