import { describe, expect, it } from 'vitest';
import { flyClientOf, flyMachine, refused } from '../../support/fly-answers.js';
import { startScriptedServer } from '../../support/scripted-server.js';

const notYet = refused(408, 'deadline_exceeded: machine failed to reach desired state, started, currently created');
const reached = (state?: string) => ({ status: 200, body: state === undefined ? { ok: true } : { ok: true, state } });

describe('waitForState', () => {
  it('asks in slices of at most 60 s and goes on after a slice ran out', async () => {
    await using server = await startScriptedServer([notYet, notYet, reached('started')]);
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', 'started', { timeoutMs: 200_000, version: 'v2' })).toBe('started');
    expect(server.seen.map(({ query }) => query.toString())).toEqual(
      Array(3).fill('timeout=60&state=started&version=v2'),
    );
  });

  it('says which of several states was reached, also where Fly does not', async () => {
    await using server = await startScriptedServer(({ path }) =>
      path.endsWith('/wait') ? reached() : { status: 200, body: flyMachine({ state: 'failed' }) },
    );
    await using client = flyClientOf(server);
    expect(await client.fly.waitForState('m1', ['started', 'failed'], { timeoutMs: 5_000 })).toBe('failed');
    expect(server.seen[0]?.query.getAll('state')).toEqual(['started', 'failed']);
  });

  it('ends at the deadline with what Fly said last', async () => {
    await using server = await startScriptedServer([notYet]);
    await using client = flyClientOf(server);
    const wait = client.fly.waitForState('m1', 'started', { timeoutMs: 600 });
    await expect(wait).rejects.toMatchObject({ status: 408, advice: 'wait-for-state' });
  });

  it('outlasts outages, and a 404 just after a create', async () => {
    await using server = await startScriptedServer([
      refused(404, 'machine not found'),
      refused(503, 'away'),
      'drop',
      reached('stopped'),
    ]);
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
});
