import { describe, expect, it } from 'vitest';
import { flyClientOf, flyMachine, refused } from '../../support/fly-answers.js';
import { type ScriptedAnswer, type SeenRequest, startScriptedServer } from '../../support/scripted-server.js';

const notYet = refused(408, 'deadline_exceeded: machine failed to reach desired state, started, currently created');
const reached = (state?: string) => ({ status: 200, body: state === undefined ? { ok: true } : { ok: true, state } });

const waitsIn = (seen: readonly SeenRequest[]) => seen.filter(({ path }) => path.endsWith('/wait'));

/** Answers the slices of a wait in order, the last one from then on, and every look with this state. */
const scripted = (slices: readonly ScriptedAnswer[], state = 'created') => {
  let slice = 0;
  return ({ path }: SeenRequest): ScriptedAnswer => {
    if (!path.endsWith('/wait')) return { status: 200, body: flyMachine({ state }) };
    slice += 1;
    return slices[Math.min(slice, slices.length) - 1] ?? notYet;
  };
};

describe('waitForState', () => {
  it('asks in slices of at most 60 s and goes on after a slice ran out', async () => {
    await using server = await startScriptedServer(scripted([notYet, notYet, reached('started')]));
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', 'started', { timeoutMs: 200_000, version: 'v2' })).toBe('started');
    expect(waitsIn(server.seen).map(({ query }) => query.toString())).toEqual(
      Array(3).fill('timeout=60&state=started&version=v2'),
    );
  });

  it('asks for a slice that ends before its own deadline', async () => {
    await using server = await startScriptedServer(scripted([reached('started')]));
    await using client = flyClientOf(server);
    await client.fly.waitForState('m1', 'started', { timeoutMs: 30_500 });
    expect(server.seen[0]?.query.get('timeout')).toBe('29');
  });

  it('says which of several states was reached, also where Fly does not', async () => {
    await using server = await startScriptedServer(scripted([reached()], 'failed'));
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', ['started', 'failed'], { timeoutMs: 5_000 })).toBe('failed');
    expect(server.seen[0]?.query.getAll('state')).toEqual(['started', 'failed']);
  });

  it('ends at the deadline with what Fly said last', async () => {
    await using server = await startScriptedServer(scripted([notYet]));
    await using client = flyClientOf(server);
    const wait = client.fly.waitForState('m1', 'started', { timeoutMs: 600 });
    await expect(wait).rejects.toMatchObject({ status: 408, advice: 'wait-for-state' });
  });

  it('ends at the deadline even if Fly never answers', async () => {
    await using server = await startScriptedServer(['hang']);
    await using client = flyClientOf(server);
    const startedAt = performance.now();
    const wait = client.fly.waitForState('m1', 'started', { timeoutMs: 150 });
    await expect(wait).rejects.toMatchObject({ kind: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('outlasts outages, and a 404 just after a create', async () => {
    const script = [refused(404, 'machine not found'), refused(503, 'away'), 'drop', reached('stopped')] as const;
    await using server = await startScriptedServer(scripted(script));
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', 'stopped', { timeoutMs: 20_000 })).toBe('stopped');
  });

  it('takes 404 for destroyed when that is what it waits for', async () => {
    await using server = await startScriptedServer([refused(404, 'machine not found')]);
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', 'destroyed', { timeoutMs: 5_000 })).toBe('destroyed');
  });

  it('does not wait on after a refusal', async () => {
    await using server = await startScriptedServer([refused(400, 'invalid_argument')]);
    await using client = flyClientOf(server);
    await expect(client.fly.waitForState('m1', 'started', { timeoutMs: 5_000 })).rejects.toMatchObject({ status: 400 });
    expect(server.seen).toHaveLength(1);
  });

  it('finds by looking what an older server cannot be asked to wait for', async () => {
    const unknownState = refused(400, 'invalid_argument: unknown state');
    let looks = 0;
    await using server = await startScriptedServer(({ path, query }) => {
      if (path.endsWith('/wait')) return query.getAll('state').includes('failed') ? unknownState : notYet;
      looks += 1;
      return { status: 200, body: flyMachine({ state: looks === 1 ? 'starting' : 'failed' }) };
    });
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', ['started', 'failed'], { timeoutMs: 60_500 })).toBe('failed');
    expect(waitsIn(server.seen).map(({ query }) => [query.getAll('state'), query.get('timeout')])).toEqual([
      [['started', 'failed'], '59'],
      [['started'], '5'],
    ]);
  });

  it('takes any resting state for settled, and one that it does not know for passing', async () => {
    let looks = 0;
    await using server = await startScriptedServer(({ path }) => {
      if (path.endsWith('/wait')) return notYet;
      looks += 1;
      return { status: 200, body: flyMachine({ state: looks === 1 ? 'dreaming' : 'suspended' }) };
    });
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', 'settled', { timeoutMs: 10_000 })).toBe('suspended');
    expect(looks).toBe(2);
  });

  it('does not take the state of another version for its own', async () => {
    await using server = await startScriptedServer(scripted([notYet], 'started'));
    await using client = flyClientOf(server);
    const wait = client.fly.waitForState('m1', 'started', { timeoutMs: 400, version: 'v2' });
    await expect(wait).rejects.toMatchObject({ status: 408 });
  });

  it('waits for stopped without a version also where Fly demands one', async () => {
    const demand = refused(400, 'invalid_argument: instance_id is required to wait for state stopped');
    const script = scripted([notYet], 'stopped');
    await using server = await startScriptedServer((request) =>
      request.query.getAll('state').includes('stopped') ? demand : script(request),
    );
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', ['started', 'stopped'], { timeoutMs: 60_000 })).toBe('stopped');
  });

  it('ends when the machine is seen to be destroyed, unless that is what it waits for', async () => {
    await using server = await startScriptedServer(scripted([notYet], 'destroyed'));
    await using client = flyClientOf(server);
    await expect(client.fly.waitForState('m1', 'started', { timeoutMs: 60_000 })).rejects.toMatchObject({
      advice: 'gone',
      text: 'the machine is destroyed, not started',
    });
    const options = { timeoutMs: 60_000, version: 'v0' };
    expect(await client.fly.waitForState('m1', ['stopped', 'destroyed'], options)).toBe('destroyed');
  });

  it('ends when another version has replaced the one that it waits for', async () => {
    await using server = await startScriptedServer(scripted([notYet], 'started'));
    await using client = flyClientOf(server);
    const version = '01H00000000000000000000000';
    const wait = client.fly.waitForState('m1', 'started', { timeoutMs: 60_000, version });
    await expect(wait).rejects.toMatchObject({
      advice: 'give-up',
      text: `version ${version} was replaced by ${flyMachine().instance_id}`,
    });
  });

  it('asks for no version where there is none', async () => {
    await using server = await startScriptedServer(scripted([reached('started')]));
    await using client = flyClientOf(server);
    await client.fly.waitForState('m1', 'started', { timeoutMs: 5_000, version: '' });
    expect(server.seen[0]?.query.has('version')).toBe(false);
  });

  it('says that it waited in vain even if Fly broke in the end', async () => {
    await using server = await startScriptedServer(scripted([notYet, refused(503, 'away')]));
    await using client = flyClientOf(server);
    const wait = client.fly.waitForState('m1', 'started', { timeoutMs: 1_000 });
    await expect(wait).rejects.toMatchObject({ status: 408 });
    expect(waitsIn(server.seen).length).toBeGreaterThan(1);
  });

  it('comes back no sooner than Fly says', async () => {
    const away = { ...refused(503, 'away'), headers: { 'retry-after': '1' } };
    await using server = await startScriptedServer(scripted([away, reached('started')]));
    await using client = flyClientOf(server);
    const startedAt = performance.now();
    await client.fly.waitForState('m1', 'started', { timeoutMs: 10_000 });
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it('waits for Fly longer than other calls do', async () => {
    await using server = await startScriptedServer(scripted(['hang']));
    await using client = flyClientOf(server, { requestTimeoutMs: 10 });
    await client.fly.waitForState('m1', 'started', { timeoutMs: 400 }).catch(() => undefined);
    expect(waitsIn(server.seen)).toHaveLength(1);
  });

  it.each([
    ['while Fly waits', 1, () => 'hang' as const],
    ['in a pause', 1, () => refused(503, 'away')],
    ['in a look', 2, ({ path }: SeenRequest) => (path.endsWith('/wait') ? notYet : ('hang' as const))],
  ])("ends at once with the signal's reason, %s", async (_, requests, script) => {
    await using server = await startScriptedServer(script);
    // So long a pause that only the signal can end it.
    await using client = flyClientOf(server, { random: () => 1_000 });
    const controller = new AbortController();
    const wait = client.fly.waitForState('m1', 'started', { timeoutMs: 600_000, signal: controller.signal });
    const reason = new Error('shutting down');
    wait.catch(() => undefined);
    await expect.poll(() => server.seen.length).toBe(requests);
    controller.abort(reason);
    await expect(wait).rejects.toBe(reason);
    expect(server.seen).toHaveLength(requests);
  });
});

describe('waitForMachine', () => {
  it('waits for started, and asks to be told of what ends the hope of it', async () => {
    await using server = await startScriptedServer(scripted([reached('started')]));
    await using client = flyClientOf(server);
    await client.fly.waitForMachine('m1', { timeoutMs: 5_000 });
    expect(server.seen[0]?.query.getAll('state')).toEqual(['started', 'failed', 'destroyed']);
  });

  it.each([
    ['failed', 'give-up'],
    ['destroyed', 'gone'],
  ])('fails at once when the machine is %s', async (state, advice) => {
    await using server = await startScriptedServer(scripted([reached(state)]));
    await using client = flyClientOf(server);
    await expect(client.fly.waitForMachine('m1', { timeoutMs: 60_000 })).rejects.toMatchObject({
      name: 'FlyError',
      advice,
      message: `waitForState of m1 ended badly: the machine is ${state}, not started`,
    });
  });

  it('does not take the 404 of a machine that was just created for its end', async () => {
    await using server = await startScriptedServer(scripted([refused(404, 'machine not found'), reached('started')]));
    await using client = flyClientOf(server);
    await client.fly.waitForMachine('m1', { timeoutMs: 10_000 });
    expect(server.seen).toHaveLength(2);
  });
});
