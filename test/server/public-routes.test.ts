import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { sampleProject } from '../support/fake-valet.js';
import { demoHeader, until, viewOf } from '../support/routing.js';
import { ask, asOperator, startTestServer, TestServing } from '../support/server.js';

const project = sampleProject();

describe('the public routes', () => {
  it('show a project, and nothing of it that is not in its shape', async () => {
    const leaky = { ...project, deploy_key: 'vdk_secret', sealed_key: 'x' };
    const serving = new TestServing({ projects: { get: async () => leaky } });
    await using bench = await startTestServer(serving);
    const answer = await ask(bench.port, { path: '/api/projects/demo' });
    expect(answer).toMatchObject({ status: 200, json: project });
    expect(answer.text).not.toMatch(/vdk_secret|sealed_key/);
  });

  it('answer with the status and the code of what Valet throws', async () => {
    const error = new ValetError('project_not_found', 'There is no project nobody.', { hint: 'Look at the list.' });
    const serving = new TestServing({ projects: { get: () => Promise.reject(error) } });
    await using bench = await startTestServer(serving);
    const headers = { 'fly-request-id': '01ABC-fra' };
    const answer = await ask(bench.port, { path: '/api/projects/nobody', headers });
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      json: { code: 'project_not_found', detail: error.message, hint: error.hint, request_id: '01ABC-fra' },
    });
  });

  it('G12: tell nobody what an error that is not ours says, but the log', async () => {
    const serving = new TestServing({ projects: { get: () => Promise.reject(new Error('password=hunter2')) } });
    await using bench = await startTestServer(serving);
    const answer = await ask(bench.port, { path: '/api/projects/demo', headers: asOperator });
    expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } });
    expect(answer.text).not.toContain('hunter2');
    expect(bench.logged).toContainEqual(expect.objectContaining({ msg: 'API request failed' }));
    expect(JSON.stringify(bench.logged)).not.toContain(asOperator.authorization);
  });

  it('refuse a bad id without asking Valet', async () => {
    await using bench = await startTestServer(new TestServing());
    for (const path of ['/api/projects/De_Mo', '/api/projects/xn--a', `/api/projects/${'a'.repeat(64)}`]) {
      expect(await ask(bench.port, { path })).toMatchObject({ status: 400, json: { code: 'project_id_invalid' } });
    }
  });

  it('say where a request would go, for an id and for a host, waking nothing', async () => {
    const serving = new TestServing({}, viewOf('demo'), viewOf('idle', 'dormant'));
    await using bench = await startTestServer(serving);
    const byId = await ask(bench.port, { path: '/api/route/demo' });
    expect(byId.json).toMatchObject({ state: 'active', machine_id: 'm-demo', fly_replay: demoHeader });
    const byHost = await ask(bench.port, { path: '/api/route/idle.valet.test%3A443' });
    expect(byHost.json).toMatchObject({ project_id: 'idle', decision: 'wake', machine_id: null });
    expect(serving.waker.calls).toEqual([]);
  });

  it('tell that the instance is alive', async () => {
    await using bench = await startTestServer(new TestServing());
    expect((await ask(bench.port, { path: '/health' })).json).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it.each(['/api', '/api/nothing', '/api/pool/', '/nothing'])('have nothing at %s', async (path) => {
    await using bench = await startTestServer(new TestServing());
    expect(await ask(bench.port, { path })).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });

  it('say which methods an address has, in a problem document', async () => {
    await using bench = await startTestServer(new TestServing());
    const answer = await ask(bench.port, { method: 'PATCH', path: '/api/projects/demo', headers: asOperator });
    expect(answer).toMatchObject({
      status: 405,
      headers: { allow: 'DELETE, GET, HEAD', 'content-type': expect.stringContaining('application/problem+json') },
      json: { status: 405, code: 'request_invalid', hint: 'Use DELETE, GET, HEAD.' },
    });
  });

  it('name the request in every answer, so that it can be found in the log', async () => {
    await using bench = await startTestServer(new TestServing({ projects: { get: async () => project } }));
    const idOf = async (path: string, headers: Record<string, string> = {}) =>
      (await ask(bench.port, { path, headers })).headers['x-request-id'];
    expect(await idOf('/api/projects/demo', { 'fly-request-id': '01ABC-fra', 'x-request-id': 'mine' })).toBe(
      '01ABC-fra',
    );
    expect(await idOf('/api/pool', { 'x-request-id': 'mine' })).toBe('mine');
    expect(await idOf('/nothing', { 'x-request-id': 'not acceptable' })).toMatch(/^[0-9a-f-]{36}$/);
    await bench.server.stop();
    expect(bench.logged).toContainEqual(expect.objectContaining({ request_id: 'mine', status: 401 }));
  });

  it('show a page to a person with a wrong address, but never under /api', async () => {
    await using bench = await startTestServer(new TestServing());
    const headers = { accept: 'text/html' };
    expect((await ask(bench.port, { path: '/nothing', headers })).text).toContain('<!doctype html>');
    expect(await ask(bench.port, { path: '/api/nothing', headers })).toMatchObject({ json: { code: 'not_found' } });
  });

  it('abort their call when the client goes away, and call that no error', async () => {
    const signals: AbortSignal[] = [];
    const get = (_id: string, options?: { readonly signal?: AbortSignal }) => {
      const { promise, reject } = Promise.withResolvers<never>();
      const signal = options?.signal ?? AbortSignal.abort();
      signal.addEventListener('abort', () => reject(signal.reason));
      signals.push(signal);
      return promise;
    };
    await using bench = await startTestServer(new TestServing({ projects: { get } }));
    const client = new AbortController();
    const leaving = ask(bench.port, { path: '/api/projects/demo', signal: client.signal });
    await until('the call', () => signals.length === 1);
    client.abort();
    await expect(leaving).rejects.toThrow();
    await until('the abort', () => signals[0]?.aborted === true);
    await bench.server.stop();
    expect(bench.logged.map(({ msg }) => msg)).not.toContain('API request failed');
  });

  it('let the listed origins in, and no others', async () => {
    await using bench = await startTestServer(new TestServing(), { corsOrigins: ['https://app.example.com'] });
    const preflight = (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' };
      return ask(bench.port, { method: 'OPTIONS', path: '/api/projects', headers });
    };
    const allowed = await preflight('https://app.example.com');
    expect(allowed).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': 'https://app.example.com' },
    });
    expect((await preflight('https://evil.example.com')).headers['access-control-allow-origin']).toBeUndefined();
  });
});
