import { describe, expect, it } from 'vitest';
import { Clock } from '../../../src/local/clock.js';
import type { FlyCallRecord } from '../../../src/sdk/fly/transport.js';
import { flyClientOf, flyMachine, machineOrder, refused } from '../../support/fly-answers.js';
import { type ScriptedAnswer, type SeenRequest, startScriptedServer } from '../../support/scripted-server.js';

const answered = { status: 200, body: flyMachine() };

/** A client that keeps the limits, by a clock that only the test moves. */
async function startQueueing(script: (request: SeenRequest, number: number) => ScriptedAnswer = () => answered) {
  const clock = new Clock();
  clock.hold();
  const records: FlyCallRecord[] = [];
  const server = await startScriptedServer(script);
  const onCall = (record: FlyCallRecord) => records.push(record);
  const client = flyClientOf(server, { rateLimit: 'on', clock, onCall });
  return {
    fly: client.fly,
    clock,
    records,
    seen: server.seen,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('the queue of a client', () => {
  it('counts creates per app: three at once, then one a second', async () => {
    await using queueing = await startQueueing();
    const { fly, clock, seen } = queueing;
    const creates = ['a', 'b', 'c', 'd', 'e'].map((name) => fly.createMachine({ ...machineOrder, name }));
    await expect.poll(() => seen.length).toBe(3);
    expect(fly.waitingCalls).toBe(2);
    await clock.advance(1_000);
    await expect.poll(() => seen.length).toBe(4);
    await clock.advance(1_000);
    await Promise.all(creates);
    expect(fly.waitingCalls).toBe(0);
  });

  it('counts starts per machine, and apart from other calls', async () => {
    await using queueing = await startQueueing();
    const { fly, clock, seen } = queueing;
    const calls = ['m1', 'm1', 'm1', 'm1', 'm2'].map((id) => fly.startMachine(id));
    await fly.suspendMachine('m1');
    await expect.poll(() => seen.length).toBe(5);
    expect(fly.waitingCalls).toBe(1);
    await clock.advance(1_000);
    await Promise.all(calls);
  });

  it('lets a machine be read ten times at once, then five times a second', async () => {
    await using queueing = await startQueueing();
    const { fly, clock, seen } = queueing;
    const reads = Array.from({ length: 15 }, () => fly.getMachine('m1'));
    await expect.poll(() => seen.length).toBe(10);
    expect(fly.waitingCalls).toBe(5);
    await clock.advance(1_000);
    await Promise.all(reads);
  });

  it('lets twenty machines be woken at once, with a look before and some after, and nobody waits', async () => {
    await using queueing = await startQueueing();
    const { fly, records } = queueing;
    const wake = async (id: string) => {
      await fly.getMachine(id);
      await fly.startMachine(id);
      await fly.waitForState(id, 'started', { timeoutMs: 5_000 });
      await Promise.all([fly.getMachine(id), fly.getMachine(id), fly.getMachine(id)]);
    };
    await Promise.all(Array.from({ length: 20 }, (_, number) => wake(`m${number}`)));
    expect(records).toHaveLength(20 * 6);
    expect(records.filter(({ queuedMs }) => queuedMs > 0)).toEqual([]);
  });

  it('shows in the record of a call how long it waited', async () => {
    await using queueing = await startQueueing();
    const { fly, clock, records } = queueing;
    const calls = Array.from({ length: 4 }, () => fly.startMachine('m1'));
    await expect.poll(() => records.length).toBe(3);
    await clock.advance(1_000);
    await Promise.all(calls);
    expect(records.map(({ attempt, status, queuedMs }) => [attempt, status, queuedMs])).toEqual([
      [1, 200, 0],
      [1, 200, 0],
      [1, 200, 0],
      [1, 200, 1_000],
    ]);
  });

  it('says at once that it is longer than the time of the call, and that nothing was sent', async () => {
    await using queueing = await startQueueing();
    const { fly, records, seen } = queueing;
    await Promise.all(['a', 'b', 'c'].map((name) => fly.createMachine({ ...machineOrder, name })));
    await expect(fly.createMachine(machineOrder, { timeoutMs: 900 })).rejects.toMatchObject({
      name: 'FlyTransportError',
      kind: 'queued',
      sent: 'no',
      call: 'createMachine',
    });
    expect(seen).toHaveLength(3);
    expect(records.at(-1)).toMatchObject({ call: 'createMachine', status: null });
  });

  it("is left at once with the signal's reason", async () => {
    await using queueing = await startQueueing();
    const { fly } = queueing;
    await Promise.all(['m1', 'm1', 'm1'].map((id) => fly.startMachine(id)));
    const controller = new AbortController();
    const waiting = fly.startMachine('m1', { signal: controller.signal });
    const reason = new Error('shutting down');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(fly.waitingCalls).toBe(0);
  });

  it('holds others back when Fly refuses all the same', async () => {
    await using queueing = await startQueueing((_, number) => (number === 1 ? refused(429, 'slow down') : answered));
    const { fly, clock, records, seen } = queueing;
    const first = fly.startMachine('m1');
    await expect.poll(() => records.length).toBe(1);
    const second = fly.startMachine('m1');
    await expect.poll(() => fly.waitingCalls).toBe(2);
    expect(seen).toHaveLength(1);
    await clock.advance(3_000);
    await Promise.all([first, second]);
    expect(seen).toHaveLength(3);
  });

  it('is dissolved when the client is closed', async () => {
    await using queueing = await startQueueing();
    const { fly } = queueing;
    await Promise.all(['m1', 'm1', 'm1'].map((id) => fly.startMachine(id)));
    const waiting = fly.startMachine('m1').catch((error: unknown) => error);
    await fly.close();
    expect(await waiting).toMatchObject({ kind: 'closed', sent: 'no' });
  });

  it('is not there where there are no limits', async () => {
    await using server = await startScriptedServer([answered]);
    await using client = flyClientOf(server, { rateLimit: 'off' });
    await Promise.all(Array.from({ length: 20 }, () => client.fly.startMachine('m1')));
    expect(server.seen).toHaveLength(20);
  });
});
