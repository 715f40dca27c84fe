import { describe, expect, it } from 'vitest';
import { observerPreset } from '../../src/sdk/routing/observer-preset.js';
import { demoHeader, viewOf } from '../support/routing.js';
import { ask, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';
const observers = observerPreset;
const asSlack = { 'user-agent': 'Slackbot-LinkExpanding 1.0' };
const asPerson = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0' };

describe('a request that only looks', () => {
  it.each(['dormant', 'archiving', 'waking', 'creating'] as const)(
    'G11: is answered at once while the project is %s, and wakes nothing',
    async (state) => {
      const serving = new TestServing({}, viewOf('demo', state));
      await using bench = await startTestServer(serving, { observers });
      const answer = await ask(bench.port, { host, headers: asSlack });
      expect(answer).toMatchObject({
        status: 200,
        json: { project_id: 'demo', status: 'asleep' },
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' },
      });
      expect(answer.headers.vary).toBe('Accept, User-Agent');
      expect(serving.waker.calls).toEqual([]);
    },
  );

  it('gets a page where it asks for one, which does not reload itself', async () => {
    await using bench = await startTestServer(new TestServing({}, viewOf('demo', 'dormant')), { observers });
    const answer = await ask(bench.port, { host, headers: { ...asSlack, accept: 'text/html' } });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(answer.text).toContain('Project demo is dormant.');
    expect(answer.text).not.toContain('http-equiv="refresh"');
  });

  it('gets no body for a HEAD', async () => {
    await using bench = await startTestServer(new TestServing({}, viewOf('demo', 'dormant')), { observers });
    const answer = await ask(bench.port, { host, method: 'HEAD', headers: asSlack });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
  });

  it('is known by its path too, under a subdomain and under /projects', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    await using bench = await startTestServer(serving, { observers });
    for (const asked of [{ host, path: '/healthz?x' }, { path: '/projects/demo/healthz' }]) {
      expect(await ask(bench.port, { ...asked, headers: asPerson })).toMatchObject({ json: { status: 'asleep' } });
    }
    expect((await ask(bench.port, { path: '/projects/demo/', headers: asPerson })).headers['fly-replay']).toBe(
      demoHeader,
    );
  });

  it('G11: is replayed while the project is active, marked, and is nobody’s use', async () => {
    const serving = new TestServing({}, viewOf('demo', 'active', { idleSecs: 7_200 }));
    await using bench = await startTestServer(serving, { observers });
    const answer = await ask(bench.port, { host, headers: asSlack });
    expect(answer.headers['fly-replay']).toBe(`${demoHeader};state=observer`);
    await bench.server.stop();
    expect([...serving.routes.touches, ...serving.routes.batches]).toEqual([]);
  });

  it.each([
    ['lost', 503],
    ['deleted', 404],
  ] as const)('is told the truth about a project that is %s', async (state, status) => {
    await using bench = await startTestServer(new TestServing({}, viewOf('demo', state)), { observers });
    expect(await ask(bench.port, { host, headers: asSlack })).toMatchObject({ status });
  });

  it('is a request like any other where no policy is set', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    await using bench = await startTestServer(serving);
    expect((await ask(bench.port, { host, headers: asSlack })).headers['fly-replay']).toBe(demoHeader);
    expect(serving.waker.calls).toEqual(['demo']);
  });
});

it('a person’s browser wakes the project under the preset', async () => {
  const serving = new TestServing({}, viewOf('demo', 'dormant'));
  await using bench = await startTestServer(serving, { observers });
  expect((await ask(bench.port, { host, headers: asPerson })).headers['fly-replay']).toBe(demoHeader);
});
