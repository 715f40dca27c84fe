import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import type { ProjectView } from '../../src/sdk/routing/ports.js';
import { rawConnection } from '../support/raw-http.js';
import { demoHeader, until, viewOf } from '../support/routing.js';
import { ask, startTestServer, TestServing } from '../support/server.js';

const host = 'demo.valet.test';

describe('held requests', () => {
  it('G5: all get the replay when 20 ask at once for a dormant project', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    const gate = Promise.withResolvers<ProjectView>();
    serving.waker.answer = () => gate.promise;
    await using bench = await startTestServer(serving);
    const asking = Array.from({ length: 20 }, () => ask(bench.port, { host }));
    await until('20 held', () => serving.waker.calls.length === 20);
    gate.resolve(viewOf('demo'));
    for (const answer of await Promise.all(asking)) expect(answer.headers['fly-replay']).toBe(demoHeader);
    expect(serving.routes.reads).toEqual(['demo']);
  });

  it('over the bound are told when to come back', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    const gate = Promise.withResolvers<ProjectView>();
    serving.waker.answer = () => gate.promise;
    await using bench = await startTestServer(serving, { maxHeld: 1 });
    const held = ask(bench.port, { host });
    await until('one held', () => serving.waker.calls.length === 1);
    const refused = await ask(bench.port, { host });
    expect(refused).toMatchObject({ status: 503, json: { code: 'overloaded' } });
    const retrySecs = Number(refused.headers['retry-after']);
    expect(retrySecs).toBeGreaterThanOrEqual(2);
    expect(retrySecs).toBeLessThanOrEqual(10);
    gate.resolve(viewOf('demo'));
    expect((await held).status).toBe(200);
  });

  it('free their place when their client goes away', async () => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    serving.waker.answer = () => new Promise(() => undefined);
    await using bench = await startTestServer(serving, { maxHeld: 1 });
    const client = new AbortController();
    const leaving = ask(bench.port, { host, signal: client.signal });
    await until('one held', () => serving.waker.calls.length === 1);
    client.abort();
    await expect(leaving).rejects.toThrow();
    await until('the place to be free', () => serving.waker.gaveUp === 1);
    serving.waker.answer = async () => viewOf('demo');
    expect((await ask(bench.port, { host })).headers['fly-replay']).toBe(demoHeader);
    expect(bench.logged).toContainEqual(expect.objectContaining({ msg: 'client left while held', project_id: 'demo' }));
  });

  it.each([
    ['in the middle of its body', 'Content-Length: 1000000', 'x'.repeat(20_000)],
    ['in the middle of its chunks', 'Transfer-Encoding: chunked', `7a120\r\n${'x'.repeat(20_000)}`],
    ['having asked for more', 'X: y', `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(2)],
  ])('free their place when their client goes away %s', async (_what, header, rest) => {
    const serving = new TestServing({}, viewOf('demo', 'dormant'));
    serving.waker.answer = () => new Promise(() => undefined);
    await using bench = await startTestServer(serving);
    await using connection = await rawConnection(`http://127.0.0.1:${bench.port}`);
    connection.socket.write(`POST / HTTP/1.1\r\nHost: ${host}\r\n${header}\r\n\r\n${rest}`);
    await until('one held', () => serving.waker.calls.length >= 1);
    connection.socket.destroy();
    await until('the places to be free', () => serving.waker.gaveUp === serving.waker.calls.length);
  });

  it('G5: are told when to retry after the wake did not come about in time', async () => {
    const serving = new TestServing({}, viewOf('demo', 'waking'));
    serving.waker.answer = async () => {
      throw new ValetError('wake_timeout', 'Project demo is not awake yet.', { retryAfterSecs: 2 });
    };
    await using bench = await startTestServer(serving);
    const answer = await ask(bench.port, { host });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2' }, json: { retry_after_secs: 2 } });
  });
});
