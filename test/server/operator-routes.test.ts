import { describe, expect, it } from 'vitest';
import { answeringValet, answerOf } from '../support/answering-valet.js';
import { ask, asOperator, startTestServer, TestServing } from '../support/server.js';

function answering() {
  const { answers, asked } = answeringValet();
  return { serving: new TestServing(answers), asked };
}

const { project, pool, swept } = answerOf;
const limit = 50;

const routes: readonly [method: string, path: string, body: object | undefined, asked: unknown[], answer: unknown][] = [
  [
    'GET',
    '/api/projects?state=dormant&limit=5',
    undefined,
    ['list', { state: 'dormant', limit: 5 }],
    answerOf.projects,
  ],
  ['POST', '/api/projects/demo/wake', undefined, ['wake', 'demo'], project],
  ['POST', '/api/projects/demo/archive', {}, ['archive', 'demo'], project],
  ['POST', '/api/projects/demo/undo', undefined, ['undo', 'demo'], project],
  ['POST', '/api/projects/demo/restore', undefined, ['restore', 'demo', {}], project],
  ['POST', '/api/projects/demo/restore', { archive_id: '1' }, ['restore', 'demo', { archive_id: '1' }], project],
  ['POST', '/api/projects/demo/hold', { for_secs: 60 }, ['hold', 'demo', { for_secs: 60 }], project],
  ['DELETE', '/api/projects/demo', undefined, ['delete', 'demo'], project],
  ['GET', '/api/projects/demo/events?cursor=9', undefined, ['events', 'demo', { cursor: '9', limit }], answerOf.events],
  ['GET', '/api/projects/demo/explain', undefined, ['explain', 'demo'], answerOf.explanation],
  ['GET', '/api/projects/demo/archives', undefined, ['archives', 'demo', { limit }], answerOf.archives],
  ['POST', '/api/archives/1/verify', undefined, ['verify', '1'], answerOf.proof],
  ['GET', '/api/machines?state=ready', undefined, ['machines', { state: 'ready', limit }], answerOf.machines],
  ['GET', '/api/orphans', undefined, ['orphans'], answerOf.orphans],
  ['POST', '/api/orphans/remove', { ids: ['a', 'b'] }, ['remove', { ids: ['a', 'b'] }], answerOf.judged],
  ['POST', '/api/orphans/keep', { ids: ['a'] }, ['keep', { ids: ['a'] }], answerOf.judged],
  ['GET', '/api/overview', undefined, ['overview'], { ...answerOf.overview, server: expect.anything() }],
  ['GET', '/api/pool', undefined, ['status'], pool],
  ['POST', '/api/pool/replenish', undefined, ['replenish'], answerOf.replenished],
  ['POST', '/api/pool/pause', undefined, ['pause'], pool],
  ['POST', '/api/pool/drain', undefined, ['drain', { limit }], answerOf.drained],
  ['POST', '/api/pool/drain', { limit: 5 }, ['drain', { limit: 5 }], answerOf.drained],
  ['POST', '/api/pool/resume', {}, ['resume'], pool],
  [
    'GET',
    '/api/sweep/plan?older_than_secs=60',
    undefined,
    ['plan', { older_than_secs: 60, limit: 100 }],
    answerOf.plan,
  ],
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
    ['POST', '/api/sweep/run', { older_than_secs: null }, 'older_than_secs'],
    ['POST', '/api/sweep/run', { older_than_secs: '' }, 'older_than_secs'],
    ['POST', '/api/projects/demo/hold', undefined, 'body'],
    ['POST', '/api/projects/demo/hold', { for_secs: null }, 'for_secs'],
    ['POST', '/api/projects/demo/hold', { for_secs: 1e9 }, 'for_secs'],
    ['POST', '/api/projects/demo/restore', { archive: '1' }, 'archive'],
    ['GET', '/api/projects/demo/events?limit=501', undefined, 'limit'],
    ['POST', '/api/pool/drain', { limt: 5 }, 'limt'],
    ['POST', '/api/pool/drain', { limit: 0 }, 'limit'],
    ['POST', '/api/orphans/remove', { ids: [] }, 'ids'],
    ['POST', '/api/orphans/remove', undefined, 'body'],
    ['DELETE', '/api/projects/Not_A_Label', undefined, 'Not_A_Label'],
  ])('%s %s with %j is refused and names %s', async (method, path, body, field) => {
    const { serving, asked } = answering();
    await using bench = await startTestServer(serving);
    const answer = await ask(bench.port, { method, path, headers: asOperator, ...(body !== undefined && { body }) });
    expect(answer).toMatchObject({ status: 400, json: { code: expect.stringMatching(/_invalid$/) } });
    expect(answer.text).toContain(field);
    expect(asked).toEqual([]);
  });
});
