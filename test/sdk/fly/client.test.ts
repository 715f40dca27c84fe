import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Correlation } from '../../../src/sdk/correlation.js';
import { FlyError } from '../../../src/sdk/fly/errors.js';
import type { FlyCallFailure, FlyCallRecord } from '../../../src/sdk/fly/transport.js';
import { FlyTransportError } from '../../../src/sdk/fly/transport-error.js';
import { flyClientOf, flyMachine, machineOrder, refused, testToken } from '../../support/fly-answers.js';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('FlyClient', () => {
  it('asks for a machine by its id with the bearer token and hands over what Fly says, unknown things included', async () => {
    const answer = { ...flyMachine({ state: 'dreaming' }), events: null, brand_new: { a: 1 } };
    await using server = await startScriptedServer([{ status: 200, body: answer }]);
    await using client = flyClientOf(server);
    const machine = await client.fly.getMachine('0123456789abcd');
    expect(machine).toMatchObject({ state: 'dreaming', brand_new: { a: 1 } });
    expect(machine.events).toBeUndefined();
    const [request] = server.seen;
    expect(request).toMatchObject({ method: 'GET', path: '/v1/apps/demo-app/machines/0123456789abcd' });
    expect(request?.headers.authorization).toBe(`Bearer ${testToken}`);
  });

  it('lists by region, state and metadata, and filters by metadata itself where Fly does not', async () => {
    const other = flyMachine({ id: 'other', config: { image: 'x', metadata: { valet_environment: 'staging' } } });
    const ours = flyMachine({ config: { image: 'x', metadata: { valet_environment: 'prod' } } });
    await using server = await startScriptedServer([{ status: 200, body: [other, ours] }]);
    await using client = flyClientOf(server);
    const filter = { region: 'sjc', state: ['started', 'suspended'], metadata: { valet_environment: 'prod' } };
    expect((await client.fly.listMachines(filter)).map((machine) => machine.id)).toEqual([ours.id]);
    expect(server.seen[0]?.query.toString()).toBe(
      'region=sjc&state=started%2Csuspended&metadata.valet_environment=prod',
    );
  });

  it('repeats a read after 503, after 429 and after a broken connection, and tells every attempt', async () => {
    const records: FlyCallRecord[] = [];
    const body = flyMachine();
    await using server = await startScriptedServer([
      refused(503, 'away'),
      refused(429, 'slow'),
      'drop',
      { status: 200, body },
    ]);
    await using client = flyClientOf(server, { onCall: (record) => records.push(record) });
    expect((await client.fly.getMachine(body.id)).id).toBe(body.id);
    expect(records.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 503],
      [2, 429],
      [3, null],
      [4, 200],
    ]);
  });

  it('tells whose each attempt was, and once that the call came to nothing', async () => {
    const correlation = new Correlation();
    const records: FlyCallRecord[] = [];
    const failures: FlyCallFailure[] = [];
    await using server = await startScriptedServer([refused(503, 'away')]);
    await using client = flyClientOf(server, {
      causeOf: () => correlation.cause,
      onCall: (record) => records.push(record),
      onFailure: (failed) => failures.push(failed),
    });
    await failure(correlation.ofRequest('req-1', () => client.fly.getMachine('m1')));
    const cause = { kind: 'request', id: 'req-1' };
    expect(records.map((record) => record.cause)).toEqual(Array(5).fill(cause));
    expect(failures).toMatchObject([{ call: 'getMachine', target: 'm1', attempts: 5, error: { status: 503 }, cause }]);
  });

  it('gives up when the tries are used up, with the last refusal', async () => {
    await using server = await startScriptedServer([refused(503, 'away')]);
    await using client = flyClientOf(server);
    const error = await failure(client.fly.stopMachine('m1', { timeoutMs: 10_000 }));
    expect(error).toMatchObject({
      code: 'fly_failed',
      status: 503,
      call: 'stopMachine',
      target: 'm1',
      advice: 'retry',
    });
    expect(server.seen).toHaveLength(5);
  });

  it('names call, target, text and request id in a refusal, and never the token', async () => {
    const headers = { 'fly-request-id': 'req-7', 'retry-after': '3' };
    const body = { error: `unauthorized: ${testToken}`, status: 'unknown' };
    await using server = await startScriptedServer([{ status: 403, body, headers }]);
    await using client = flyClientOf(server);
    const error = await failure(client.fly.getApp());
    expect(error).toBeInstanceOf(FlyError);
    expect(error).toMatchObject({ requestId: 'req-7', flyCode: 'unknown', retryAfterSecs: 3, advice: 'give-up' });
    expect(String(error)).toBe(
      'FlyError: Fly refused getApp of demo-app with 403: unauthorized: [token] (request req-7)',
    );
    expect(JSON.stringify(error)).not.toContain(testToken);
  });

  it('shows Retry-After as seconds, also when it was a date', async () => {
    const inTenSecs = new Date(Date.now() + 10_000).toUTCString();
    await using server = await startScriptedServer([
      { ...refused(429, 'slow'), headers: { 'retry-after': inTenSecs } },
    ]);
    await using client = flyClientOf(server);
    const error = await failure(client.fly.getMachine('m1', { timeoutMs: 2_000 }));
    expect(error).toMatchObject({ status: 429, advice: 'retry' });
    const retryAfterSecs = error instanceof FlyError ? error.retryAfterSecs : undefined;
    expect(retryAfterSecs).toBeGreaterThan(2);
    expect(retryAfterSecs).toBeLessThanOrEqual(10);
    expect(server.seen).toHaveLength(1);
  });

  it("ends at once with the signal's reason, also in the pause before it asks again", async () => {
    const slow = { ...refused(429, 'slow'), headers: { 'retry-after': '30' } };
    await using server = await startScriptedServer([slow]);
    const records: FlyCallRecord[] = [];
    await using client = flyClientOf(server, { onCall: (record) => records.push(record) });
    const controller = new AbortController();
    const pending = failure(client.fly.getMachine('m1', { signal: controller.signal }));
    await expect.poll(() => records.length).toBe(1);
    const reason = new Error('shutting down');
    controller.abort(reason);
    expect(await pending).toBe(reason);
  });

  it('leaves nothing behind on a signal that outlives the call', async () => {
    await using server = await startScriptedServer([refused(503, 'away'), { status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server, { rateLimit: 'on' });
    const { signal } = new AbortController();
    await client.fly.getMachine('m1', { signal });
    await client.fly.waitForState('m1', 'started', { timeoutMs: 5_000, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('waits as long as Retry-After says', async () => {
    const slow = { ...refused(429, 'slow'), headers: { 'retry-after': '1' } };
    await using server = await startScriptedServer([slow, { status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server);
    const startedAt = performance.now();
    await client.fly.getMachine('m1');
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it('never takes longer than its caller gave it, whatever it meets', async () => {
    await using server = await startScriptedServer(({ path }) =>
      path.endsWith('/m1') ? 'hang' : refused(503, 'away'),
    );
    await using client = flyClientOf(server);
    const startedAt = performance.now();
    await failure(client.fly.getMachine('m1', { timeoutMs: 100 }));
    await failure(client.fly.getMachine('m2', { timeoutMs: 300 }));
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  it('says that nothing was sent where nobody listens, and that something may have been where the answer is missing', async () => {
    await using nobody = flyClientOf({ url: `http://127.0.0.1:${await closedPort()}` });
    const notSent = await failure(nobody.fly.getMachine('m1', { timeoutMs: 300 }));
    expect(notSent).toBeInstanceOf(FlyTransportError);
    expect(notSent).toMatchObject({ code: 'fly_failed', sent: 'no', kind: 'connect' });
    await using server = await startScriptedServer(['hang']);
    await using client = flyClientOf(server, { requestTimeoutMs: 50 });
    const late = await failure(client.fly.updateMachine('m1', { config: { image: 'x' } }));
    expect(late).toMatchObject({ sent: 'maybe', kind: 'timeout' });
    expect(server.seen).toHaveLength(1);
  });

  it('keeps its connections for the calls to come', async () => {
    const script = (_: unknown, number: number) =>
      number % 2 === 0 ? refused(412, 'x') : { status: 200, body: flyMachine() };
    await using server = await startScriptedServer(script);
    await using client = flyClientOf(server);
    for (let call = 0; call < 10; call++) {
      await client.fly.getMachine('m1');
      await failure(client.fly.deleteVolume('vol_1'));
    }
    expect(server.seen).toHaveLength(20);
    // A second one where a call comes before the connection of the last one is back.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it('never lets an id lead to another address', async () => {
    await using server = await startScriptedServer([{ status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server);
    for (const id of ['', '.', '..']) {
      expect(await failure(client.fly.deleteMachine(id))).toMatchObject({ code: 'request_invalid' });
    }
    await client.fly.getMachine('../volumes?x=#1');
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/apps/demo-app/machines/..%2Fvolumes%3Fx%3D%231']);
  });

  it('reads a list in which one machine has a config of an unknown shape, as one without', async () => {
    const odd = { ...flyMachine({ id: 'odd' }), config: { containers: [] }, events: [{ id: 7 }] };
    await using server = await startScriptedServer([{ status: 200, body: [odd, flyMachine()] }]);
    await using client = flyClientOf(server);
    const [first, second] = await client.fly.listMachines();
    expect([first?.config, second?.config]).toEqual([undefined, machineOrder.config]);
  });

  it.each(['null', ''])('takes %j for an empty list, and for no metadata', async (body) => {
    await using server = await startScriptedServer([{ status: 200, body }]);
    await using client = flyClientOf(server);
    expect(await client.fly.listMachines()).toEqual([]);
    expect(await client.fly.getMetadata('m1')).toEqual({});
    expect(await failure(client.fly.getMachine('m1'))).toMatchObject({ kind: 'unreadable' });
  });

  it('reads no answer without end', async () => {
    await using server = await startScriptedServer([{ status: 200, body: 'x'.repeat(32 * 1024 * 1024 + 1) }]);
    await using client = flyClientOf(server);
    expect(await failure(client.fly.listMachines())).toMatchObject({ kind: 'too_large', sent: 'maybe' });
    expect(server.seen).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    const headers = { location: '/elsewhere' };
    await using server = await startScriptedServer([{ status: 307, body: '', headers }]);
    await using client = flyClientOf(server);
    expect(await failure(client.fly.startMachine('m1'))).toMatchObject({ status: 307, advice: 'give-up' });
    expect(server.seen).toHaveLength(1);
  });

  it.each([`${testToken}\n`, `"${testToken} "`, `Bearer ${testToken}`, ''])(
    'takes no token that no header holds, and does not show it: %j',
    (token) => {
      const make = () => flyClientOf({ url: 'http://127.0.0.1:9' }, { token });
      expect(make).toThrow(expect.objectContaining({ code: 'config_invalid' }));
      expect(make).not.toThrow(testToken);
    },
  );

  it('calls an answer without the known shape unreadable and does not ask again', async () => {
    await using server = await startScriptedServer([{ status: 200, body: { id: 1 } }]);
    await using client = flyClientOf(server);
    expect(await failure(client.fly.getMachine('m1'))).toMatchObject({ kind: 'unreadable', sent: 'maybe' });
    expect(server.seen).toHaveLength(1);
  });

  it("ends at once with the signal's reason", async () => {
    await using server = await startScriptedServer(['hang']);
    await using client = flyClientOf(server);
    const controller = new AbortController();
    const pending = failure(client.fly.getMachine('m1', { signal: controller.signal }));
    const reason = new Error('shutting down');
    controller.abort(reason);
    expect(await pending).toBe(reason);
  });

  it('closes twice, and ends the calls in flight', async () => {
    await using server = await startScriptedServer(['hang']);
    const { fly } = flyClientOf(server);
    const pending = failure(fly.getMachine('m1'));
    await expect.poll(() => server.seen.length).toBe(1);
    await fly.close();
    await fly.close();
    expect(await pending).toMatchObject({ kind: 'closed' });
  });
});
