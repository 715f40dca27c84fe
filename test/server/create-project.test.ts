import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { sampleCreated } from '../support/fake-valet.js';
import { until } from '../support/routing.js';
import { type Asked, ask, asOperator, startTestServer, TestServing } from '../support/server.js';

function creating() {
  const asked: unknown[] = [];
  const create = async (input?: object, options?: { readonly idempotencyKey?: string }) => {
    asked.push([input, options?.idempotencyKey]);
    return sampleCreated();
  };
  return { asked, serving: new TestServing({ projects: { create } }) };
}

const post = (port: number, asked: Asked = {}) => ask(port, { method: 'POST', path: '/api/projects', ...asked });

describe('POST /api/projects', () => {
  it('creates a project and shows its deploy key', async () => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    const answer = await post(bench.port, { body: { id: 'demo', region: 'fra' } });
    expect(answer).toMatchObject({ status: 201, json: sampleCreated(), headers: { location: '/api/projects/demo' } });
    expect(asked).toEqual([[{ id: 'demo', region: 'fra' }, undefined]]);
    expect(JSON.stringify(bench.logged)).not.toContain(sampleCreated().deploy_key);
  });

  it('needs no body', async () => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    await post(bench.port);
    await post(bench.port, { headers: { 'content-type': 'application/json' } });
    expect(asked).toEqual([
      [{}, undefined],
      [{}, undefined],
    ]);
  });

  it('takes an idempotency key of up to 200 characters', async () => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    await post(bench.port, { headers: { 'idempotency-key': 'k'.repeat(200) } });
    const refused = await post(bench.port, { headers: { 'idempotency-key': 'k'.repeat(201) } });
    expect(asked).toHaveLength(1);
    expect(refused).toMatchObject({ status: 400, json: { code: 'request_invalid' } });
  });

  it('G12: keeps the idempotency keys of clients apart from each other and from the operator', async () => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    const headers = { 'idempotency-key': 'once' };
    await post(bench.port, { headers });
    await post(bench.port, { headers: { ...headers, ...asOperator } });
    expect(asked).toEqual([
      [{}, '127.0.0.1 once'],
      [{}, 'once'],
    ]);
  });

  it('tells the client its limit, and refuses beyond it with when to come back', async () => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    const first = await post(bench.port);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': '900',
    });
    await post(bench.port);
    await post(bench.port);
    const fourth = await post(bench.port);
    expect(fourth).toMatchObject({ status: 429, json: { code: 'rate_limited' }, headers: { 'retry-after': '42' } });
    expect(fourth.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '42',
    });
    expect(asked).toHaveLength(3);
  });

  it('tells when a create is over, and whether it counts: not where the fault is ours', async () => {
    const { serving } = creating();
    await using bench = await startTestServer(serving);
    await post(bench.port);
    const taken = new ValetError('project_id_taken', 'The id "demo" is already in use.');
    serving.valet.projects.create = () => Promise.reject(taken);
    expect(await post(bench.port)).toMatchObject({ status: 409, headers: { 'ratelimit-remaining': '1' } });
    serving.valet.projects.create = () => Promise.reject(new ValetError('fly_failed', 'No capacity.'));
    expect((await post(bench.port)).status).toBe(502);
    expect(serving.createLimit.ended).toEqual(['counts', 'counts', 'free']);
  });

  it('keeps the place of a client that goes away until its create is over', async () => {
    const work = Promise.withResolvers<ReturnType<typeof sampleCreated>>();
    const serving = new TestServing({ projects: { create: () => work.promise } });
    await using bench = await startTestServer(serving);
    const client = new AbortController();
    const leaving = post(bench.port, { signal: client.signal });
    await until('it has begun', () => serving.createLimit.taken.length === 1);
    client.abort();
    await expect(leaving).rejects.toThrow();
    await bench.server.stop();
    expect(serving.createLimit.ended).toEqual([]);
    work.resolve(sampleCreated());
    await until('it is over', () => serving.createLimit.ended.length === 1);
  });

  it('does not count the operator', async () => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    const answer = await post(bench.port, { headers: asOperator });
    expect(answer.headers['ratelimit-limit']).toBeUndefined();
    expect(serving.createLimit.taken).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('refuses a wrong bearer instead of taking it for nobody’s', async () => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    expect(await post(bench.port, { headers: { authorization: 'Bearer wrong' } })).toMatchObject({ status: 401 });
    expect(asked).toEqual([]);
  });

  it('believes Fly-Client-IP only behind Fly’s proxy', async () => {
    const { serving } = creating();
    const headers = { 'fly-client-ip': '2001:db8:1:2:3::4' };
    await using direct = await startTestServer(serving);
    await post(direct.port, { headers });
    await using behindProxy = await startTestServer(serving, { trustFlyProxy: true });
    await post(behindProxy.port, { headers });
    expect(serving.createLimit.taken).toEqual(['127.0.0.1', '2001:db8:1:2::/64']);
  });

  it.each([
    ['JSON that ends early', '{"id": "de', 'application/json', 400],
    ['no object', '[]', 'application/json', 400],
    ['a wrong type', '{"id": 7}', 'application/json', 400],
    ['an unknown field', '{"name": "demo"}', 'application/json', 400],
    ['a poisoned prototype', '{"__proto__": {"id": "x"}}', 'application/json', 400],
    ['another media type', 'id=demo', 'application/x-www-form-urlencoded', 415],
    ['a body that is too large', JSON.stringify({ id: 'x'.repeat(70_000) }), 'application/json', 413],
  ])('refuses %s', async (_what, body, type, status) => {
    const { serving, asked } = creating();
    await using bench = await startTestServer(serving);
    const answer = await post(bench.port, { body, headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status, json: { status, code: 'request_invalid' } });
    expect(asked).toEqual([]);
    expect(serving.createLimit.taken).toEqual([]);
  });
});
