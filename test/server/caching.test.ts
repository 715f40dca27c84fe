import { expect, it } from 'vitest';
import { answeringValet } from '../support/answering-valet.js';
import { sampleProject } from '../support/fake-valet.js';
import { ask, asOperator, startTestServer, TestServing } from '../support/server.js';

const projectPath = '/api/projects/demo';

it('who has the newest answer is told so instead of getting it again', async () => {
  let state: 'active' | 'dormant' = 'active';
  const get = async () => sampleProject({ state });
  await using bench = await startTestServer(new TestServing({ projects: { get } }));
  const first = await ask(bench.port, { path: projectPath });
  const { etag = '' } = first.headers;
  expect(first.headers).toMatchObject({
    etag: expect.stringMatching(/^W\/"[\w-]{22}"$/),
    'cache-control': 'private, no-cache',
  });
  for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
    const again = await ask(bench.port, { path: projectPath, headers: { 'if-none-match': known } });
    expect(again).toMatchObject({ status: 304, text: '', headers: { etag } });
    expect(again.headers['content-type']).toBeUndefined();
  }
  state = 'dormant';
  const changed = await ask(bench.port, { path: projectPath, headers: { 'if-none-match': etag } });
  expect(changed).toMatchObject({ status: 200, json: { state: 'dormant' } });
  expect(changed.headers.etag).not.toBe(etag);
});

it('a tag opens nothing: who may not read is refused, whatever they know', async () => {
  const { answers } = answeringValet();
  await using bench = await startTestServer(new TestServing(answers));
  const { headers } = await ask(bench.port, { path: '/api/pool', headers: asOperator });
  expect(headers.vary).toContain('Authorization');
  for (const known of [headers.etag ?? '', '*']) {
    const stranger = await ask(bench.port, { path: '/api/pool', headers: { 'if-none-match': known } });
    expect(stranger).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
    expect(stranger.headers.etag).toBeUndefined();
  }
});

it('answers to origins and to bearers are kept apart by whoever stores them', async () => {
  const { answers } = answeringValet();
  const corsOrigins = ['https://app.example.com'];
  await using bench = await startTestServer(new TestServing(answers), { corsOrigins });
  const headers = { ...asOperator, origin: 'https://app.example.com' };
  const { headers: given } = await ask(bench.port, { path: '/api/pool', headers });
  expect(given.vary?.split(', ').toSorted()).toEqual(['Authorization', 'Origin']);
  expect(given['access-control-allow-origin']).toBe('https://app.example.com');
  expect(given['access-control-allow-credentials'], 'a bearer is no cookie').toBeUndefined();
  for (const name of ['retry-after', 'ratelimit-remaining', 'etag', 'x-request-id', 'www-authenticate'])
    expect(given['access-control-expose-headers']).toContain(name);
});
