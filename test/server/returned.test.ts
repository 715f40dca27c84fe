import { describe, expect, it } from 'vitest';
import type { MachineFinding } from '../../src/sdk/routing/ports.js';
import { until, viewOf } from '../support/routing.js';
import { ask, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';
const cameBack = { 'fly-replay-failed': 'instance=m-demo;app=projects;reason=timeout;elapsed_ms=10000' };

describe('a request that came back from its machine', () => {
  const findings: readonly [MachineFinding, code: string, retryAfter: string][] = [
    [{ kind: 'there' }, 'machine_unreachable', '5'],
    [{ kind: 'started' }, 'machine_unreachable', '1'],
    [{ kind: 'missing' }, 'machine_unreachable', '15'],
    [{ kind: 'rebuilding' }, 'machine_unreachable', '3'],
    [{ kind: 'unknown' }, 'machine_unreachable', '5'],
    [{ kind: 'given_up' }, 'machine_unreachable', '5'],
    [{ kind: 'lost', why: 'machine and volume are gone' }, 'project_lost', '5'],
  ];

  it.each(findings)(
    'has the machine looked at, and is told what follows from %j',
    async (finding, code, retryAfter) => {
      const serving = new TestServing({}, viewOf('demo'));
      serving.find = async () => finding;
      await using bench = await startTestServer(serving);
      const answer = await ask(bench.port, { host, headers: cameBack });
      expect(answer).toMatchObject({ status: 503, json: { code }, headers: { 'retry-after': retryAfter } });
      expect(answer.headers['fly-replay']).toBeUndefined();
      expect(serving.observed).toEqual(['demo']);
    },
  );

  it('G5: is a page that tries again by itself where a person asked, however long the look takes', async () => {
    const serving = new TestServing({}, viewOf('demo'));
    serving.find = () => new Promise(() => undefined);
    await using bench = await startTestServer(serving);
    const answer = await ask(bench.port, { host, headers: { ...cameBack, accept: 'text/html' } });
    expect(answer).toMatchObject({ status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(answer.text).toContain('<meta http-equiv="refresh" content="5">');
  });

  it('is told the same when nobody can say anything, and the log says why', async () => {
    const serving = new TestServing({}, viewOf('demo'));
    serving.find = async () => {
      throw new Error('Fly does not answer');
    };
    await using bench = await startTestServer(serving);
    expect(await ask(bench.port, { host, headers: cameBack })).toMatchObject({ status: 503 });
    const line = expect.objectContaining({ err: expect.objectContaining({ message: 'Fly does not answer' }) });
    expect(bench.logged).toContainEqual(line);
  });

  it.each(['dormant', 'archiving', 'waking', 'creating'] as const)(
    'G5: has the project woken that is %s by now, without waiting for it',
    async (state) => {
      const serving = new TestServing({}, viewOf('demo', state));
      serving.waker.answer = () => new Promise(() => undefined);
      await using bench = await startTestServer(serving);
      const answer = await ask(bench.port, { host, headers: cameBack });
      expect(answer).toMatchObject({ status: 503, json: { code: 'wake_timeout' }, headers: { 'retry-after': '2' } });
      expect(serving.waker.calls).toEqual(['demo']);
      expect(serving.observed).toEqual([]);
    },
  );

  it('costs one look in 10 seconds, however often somebody forges its header', async () => {
    const serving = new TestServing({}, viewOf('demo'), viewOf('other'));
    await using bench = await startTestServer(serving);
    const forge = (where = host) => ask(bench.port, { host: where, headers: cameBack });
    await Promise.all(Array.from({ length: 20 }, () => forge()));
    expect(serving.observed).toEqual(['demo']);
    await forge('other.valet.test');
    bench.clock.pass(10);
    await forge();
    expect(serving.observed).toEqual(['demo', 'other', 'demo']);
    expect(serving.waker.calls).toEqual([]);
  });

  it('costs no more than a few looks at once, whatever number of projects it names', async () => {
    const views = Array.from({ length: 12 }, (_, number) => viewOf(`p${number}`));
    const serving = new TestServing({}, ...views);
    const gate = Promise.withResolvers<MachineFinding>();
    serving.find = () => gate.promise;
    await using bench = await startTestServer(serving);
    const asking = views.map(({ id }) => ask(bench.port, { host: `${id}.valet.test`, headers: cameBack }));
    await until('five looks', () => serving.observed.length === 5);
    expect((await Promise.all(asking)).map(({ status }) => status)).toEqual(views.map(() => 503));
    expect(serving.observed).toHaveLength(5);
    gate.resolve({ kind: 'there' });
  });

  it('G11: is nobody’s use', async () => {
    const serving = new TestServing({}, viewOf('demo', 'active', { idleSecs: 7_200 }));
    await using bench = await startTestServer(serving);
    await ask(bench.port, { host, headers: cameBack });
    await bench.server.stop();
    expect([...serving.routes.touches, ...serving.routes.batches]).toEqual([]);
  });
});

it('with a time-out of 0 the replay header is bare, so that nothing comes back', async () => {
  await using bench = await startTestServer(new TestServing({}, viewOf('demo')), { replayTimeoutSecs: 0 });
  expect((await ask(bench.port, { host })).headers['fly-replay']).toBe('instance=m-demo;app=projects');
});
