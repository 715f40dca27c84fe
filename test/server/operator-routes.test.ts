import { describe, expect, it } from 'vitest';
import { sampleMachine, samplePool, sampleProject, sampleSweep } from '../support/fake-valet.js';
import { viewOf } from '../support/routing.js';
import { ask, asOperator, startTestServer, TestServing } from '../support/server.js';

const project = sampleProject();
const pool = samplePool();
const replenished = { skipped: null, ready: ['7'], failed: [] };
const plan = { older_than_secs: 60, archive: [], skip: [] };
const swept = sampleSweep({ archived: ['demo'] });
const projectPage = { projects: [project], next_cursor: 'demo' };
const machinePage = { machines: [sampleMachine()], next_cursor: null };

/** Answers every call, and notes what it was asked. */
function answering() {
  const asked: unknown[] = [];
  const note =
    <T>(name: string, answer: T) =>
    async (input?: unknown): Promise<T> => {
      asked.push([name, input]);
      return answer;
    };
  const serving = new TestServing(
    {
      projects: {
        get: note('get', project),
        list: note('list', projectPage),
        wake: note('wake', project),
        archive: note('archive', project),
      },
      machines: { list: note('machines', machinePage) },
      pool: { status: () => note('status', pool)(), replenish: () => note('replenish', replenished)() },
      sweep: { plan: note('plan', plan), run: note('run', swept) },
    },
    viewOf('demo'),
  );
  return { serving, asked };
}

const routes: readonly [method: string, path: string, body: object | undefined, asked: unknown, answer: unknown][] = [
  ['GET', '/api/projects?state=dormant&limit=5', undefined, ['list', { state: 'dormant', limit: 5 }], projectPage],
  ['POST', '/api/projects/demo/wake', undefined, ['wake', 'demo'], project],
  ['POST', '/api/projects/demo/archive', {}, ['archive', 'demo'], project],
  ['GET', '/api/machines?state=ready', undefined, ['machines', { state: 'ready', limit: 50 }], machinePage],
  ['GET', '/api/pool', undefined, ['status', undefined], pool],
  ['POST', '/api/pool/replenish', undefined, ['replenish', undefined], replenished],
  ['GET', '/api/sweep/plan?older_than_secs=60', undefined, ['plan', { older_than_secs: 60, limit: 100 }], plan],
  ['POST', '/api/sweep/run', { older_than_secs: 60 }, ['run', { older_than_secs: 60, limit: 100 }], swept],
  ['POST', '/api/sweep/run', undefined, ['run', { limit: 100 }], swept],
];

describe('the operator’s routes', () => {
  it.each(routes)('%s %s asks Valet and answers what it answered', async (method, path, body, expected, answer) => {
    const { serving, asked } = answering();
    await using bench = await startTestServer(serving);
    const sent = { method, path, headers: asOperator, ...(body !== undefined && { body }) };
    expect(await ask(bench.port, sent)).toMatchObject({ status: 200, json: answer });
    expect(asked).toEqual([expected]);
  });

  it.each(routes)('%s %s refuse everyone else before they ask anything', async (method, path) => {
    const { serving, asked } = answering();
    await using bench = await startTestServer(serving);
    const headers = [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Bearer ' },
      { authorization: 'Basic b3A=' },
    ];
    for (const given of headers) {
      const answer = await ask(bench.port, { method, path, headers: { ...given } });
      expect(answer).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    expect(asked).toEqual([]);
  });

  it('take every one of several secrets, and none when there is none', async () => {
    const { serving } = answering();
    await using bench = await startTestServer(serving);
    const older = { authorization: 'bearer older-secret' };
    expect((await ask(bench.port, { path: '/api/pool', headers: older })).status).toBe(200);
    await using locked = await startTestServer(new TestServing(), { secrets: ['', ''] });
    expect((await ask(locked.port, { path: '/api/pool' })).status).toBe(401);
    expect((await ask(locked.port, { path: '/api/pool', headers: { authorization: 'Bearer ' } })).status).toBe(401);
  });

  it.each([
    ['GET', '/api/projects?limit=0', undefined, 'limit'],
    ['GET', '/api/projects?state=asleep', undefined, 'state'],
    ['GET', '/api/projects?stat=dormant', undefined, 'stat'],
    ['GET', '/api/machines?limit=many', undefined, 'limit'],
    ['POST', '/api/sweep/run', { older_than: 60 }, 'older_than'],
    ['POST', '/api/sweep/run', { older_than_secs: -1 }, 'older_than_secs'],
  ])('%s %s with %j is refused and names %s', async (method, path, body, field) => {
    const { serving, asked } = answering();
    await using bench = await startTestServer(serving);
    const answer = await ask(bench.port, { method, path, headers: asOperator, ...(body !== undefined && { body }) });
    expect(answer).toMatchObject({ status: 400, json: { code: 'request_invalid' } });
    expect(answer.text).toContain(field);
    expect(asked).toEqual([]);
  });
});
