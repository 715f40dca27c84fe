import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../src/sdk/correlation.js';
import { ValetError } from '../../src/sdk/errors.js';
import { FlyError } from '../../src/sdk/fly/errors.js';
import type { FlyCallFailure } from '../../src/sdk/fly/transport.js';
import { FlyTransportError } from '../../src/sdk/fly/transport-error.js';
import { FlyLog } from '../../src/sdk/fly-log.js';
import { sampleCreated } from '../support/fake-valet.js';
import { until, viewOf } from '../support/routing.js';
import { ask, asOperator, machineSecret, operatorSecret, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';

describe('the log', () => {
  it('has one line per API request, with its id and without its query, and none for health', async () => {
    await using bench = await startTestServer(new TestServing());
    await ask(bench.port, { path: '/health' });
    await ask(bench.port, { path: '/api/nothing?token=hunter2', headers: { 'fly-request-id': '01REQ-sjc' } });
    await until('the line', () => bench.logged.some(({ msg }) => msg === 'API request'));
    const lines = bench.logged.filter(({ msg }) => msg !== 'serving');
    expect(lines).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        pid: expect.any(Number),
        hostname: expect.any(String),
        msg: 'API request',
        request_id: '01REQ-sjc',
        method: 'GET',
        path: '/api/nothing',
        status: 404,
        took_ms: expect.any(Number),
      },
    ]);
  });

  it('has no line for a replay out of the cache', async () => {
    await using bench = await startTestServer(new TestServing({}, viewOf('demo')));
    await ask(bench.port, { host });
    const before = bench.logged.length;
    for (let times = 0; times < 5; times++) await ask(bench.port, { host });
    expect(bench.logged.length).toBe(before);
  });

  it('G12: has no secret that came with a request, was in its answer, or hung on an error', async () => {
    const created = sampleCreated();
    const carrying = Object.assign(new Error('refused'), {
      headers: { authorization: 'Bearer hung-on-an-error', 'x-token': 'hung-on-an-error' },
      input: 'postgres://valet:hung-on-an-error@db/valet',
    });
    const serving = new TestServing({
      projects: {
        create: async () => created,
        list: async () => {
          throw Object.assign(new Error('failed', { cause: carrying }), { request: carrying });
        },
      },
    });
    await using bench = await startTestServer(serving);
    const secrets = {
      cookie: 'session=cookie-of-a-person',
      authorization: `Bearer ${operatorSecret}`,
      'idempotency-key': 'key-that-gives-the-deploy-key',
      'x-api-key': 'header-that-we-do-not-know',
    };
    const body = { id: 'demo' };
    await ask(bench.port, { method: 'POST', path: '/api/projects?key=in-the-query', headers: secrets, body });
    await ask(bench.port, { path: '/api/projects', headers: { authorization: 'Bearer wrong-secret-of-somebody' } });
    await ask(bench.port, { path: '/api/projects', headers: asOperator });
    const asMachine = { authorization: `Bearer ${machineSecret}` };
    await ask(bench.port, { method: 'POST', path: '/api/projects/demo/activity', headers: asMachine });
    await ask(bench.port, { host: 'gone.valet.test', path: '/?password=in-the-path', headers: secrets });
    await until('the lines', () => bench.logged.filter(({ msg }) => msg === 'API request').length === 4);

    const log = JSON.stringify(bench.logged);
    const said = [created.deploy_key, operatorSecret, machineSecret, ...Object.values(secrets)];
    const hidden = ['in-the-query', 'in-the-path', 'wrong-secret-of-somebody', 'hung-on-an-error'];
    for (const secret of [...said, ...hidden]) expect(log).not.toContain(secret);
    expect(bench.logged).toContainEqual(
      expect.objectContaining({
        msg: 'API request failed',
        err: expect.objectContaining({ message: 'failed', cause: expect.objectContaining({ message: 'refused' }) }),
      }),
    );
  });
});

describe('what a request causes', () => {
  it('knows the id of an API request, also when its body came in pieces', async () => {
    const seen: (Cause | undefined)[] = [];
    const serving: TestServing = new TestServing({
      projects: {
        create: async () => {
          await new Promise((later) => setImmediate(later));
          seen.push(serving.correlation.cause);
          return sampleCreated();
        },
      },
    });
    await using bench = await startTestServer(serving);
    const create = (id: string) =>
      ask(bench.port, {
        method: 'POST',
        path: '/api/projects',
        headers: { 'fly-request-id': id, ...asOperator },
        body: { id: 'demo' },
      });
    await Promise.all([create('one'), create('two')]);
    expect(seen).toContainEqual({ kind: 'request', id: 'one' });
    expect(seen).toContainEqual({ kind: 'request', id: 'two' });
  });

  it('knows the id of the request that is held for it', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    const seen: (Cause | undefined)[] = [];
    serving.waker.answer = async (id) => {
      seen.push(serving.correlation.cause);
      return viewOf(id);
    };
    await using bench = await startTestServer(serving);
    await ask(bench.port, { host, headers: { 'fly-request-id': 'first' } });
    expect(seen).toEqual([{ kind: 'request', id: 'first' }]);
  });
});

describe('calls to Fly', () => {
  const request: Cause = { kind: 'request', id: 'req-1' };
  const task: Cause = { kind: 'task', id: 'observe' };
  const refusal = (status: number, text: string) => {
    const facts = { call: 'getMachine', target: 'm1', status, flyCode: null, text } as const;
    return new FlyError({ ...facts, requestId: 'fly-1', retryAfterSecs: null });
  };
  const failed = (cause: Cause | null, error: FlyCallFailure['error'] = refusal(503, 'away')): FlyCallFailure => ({
    call: 'getMachine',
    target: 'm1',
    attempts: 5,
    error,
    cause,
  });

  function flyLog() {
    const lines: Record<string, unknown>[] = [];
    const sink = { write: (line: string) => void lines.push(JSON.parse(line)) };
    return { lines, log: new FlyLog(pino({ level: 'info', base: {} }, sink)) };
  }

  it('that fail for a request are told each, with its id and what Fly said', () => {
    const { lines, log } = flyLog();
    log.flyFailure(failed(request));
    log.flyFailure(failed(request));
    const line = { level: 40, msg: 'Fly call failed', request_id: 'req-1', call: 'getMachine', target: 'm1' };
    const said = { attempts: 5, status: 503, advice: 'retry', fly_request_id: 'fly-1' };
    expect(lines).toEqual([expect.objectContaining({ ...line, ...said }), expect.objectContaining(line)]);
  });

  it('that fail for a task are told when that begins, when it changes its kind, and when it begins again', () => {
    const { lines, log } = flyLog();
    log.flyFailure(failed(task));
    log.flyFailure(failed(task));
    log.flyFailure(failed(task, refusal(401, 'unauthorized')));
    log.flyFailure(failed(task, refusal(401, 'unauthorized')));
    const done = { call: 'getMachine', target: 'm1', attempt: 1, status: 200, queuedMs: 0, durationMs: 1 } as const;
    log.flyCall({ ...done, cause: task });
    log.flyFailure(failed(task, refusal(401, 'unauthorized')));
    expect(lines.map(({ task: name, status }) => [name, status])).toEqual([
      ['observe', 503],
      ['observe', 401],
      ['observe', 401],
    ]);
  });

  it('that say what somebody asked to know are no trouble', () => {
    const { lines, log } = flyLog();
    log.flyFailure(failed(request, refusal(404, 'machine not found')));
    log.flyFailure(failed(null, refusal(408, 'deadline exceeded')));
    expect(lines).toEqual([]);
    const facts = { call: 'getMachine', target: 'm1', sent: 'maybe', kind: 'timeout', reason: 'no answer' } as const;
    log.flyFailure(failed(null, new FlyTransportError(facts)));
    expect(lines).toEqual([expect.objectContaining({ status: null, sent: 'maybe', message: expect.any(String) })]);
  });
});

it('an error in the log is what it says, its causes and where, and no more of them than a few', async () => {
  let deep = new Error('the bottom');
  for (let depth = 0; depth < 20; depth++) deep = new ValetError('wake_failed', `depth ${depth}`, { cause: deep });
  const serving = new TestServing({
    projects: {
      list: async () => {
        throw new Error('top', { cause: deep });
      },
    },
  });
  await using bench = await startTestServer(serving);
  await ask(bench.port, { path: '/api/projects', headers: asOperator });
  await until('the line', () => bench.logged.some(({ msg }) => msg === 'API request failed'));
  const { err } = bench.logged.find(({ msg }) => msg === 'API request failed') ?? {};
  expect(err).toMatchObject({ type: 'Error', message: 'top', cause: { code: 'wake_failed', message: 'depth 19' } });
  expect(JSON.stringify(err).match(/"message":/g)).toHaveLength(6);
});
