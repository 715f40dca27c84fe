import { describe, expect, it } from 'vitest';
import { isWorthALook } from '../../../src/sdk/fly/after-refusal.js';
import { FlyError } from '../../../src/sdk/fly/errors.js';
import { flyClientOf, flyMachine, refused } from '../../support/fly-answers.js';
import { type ScriptedAnswer, startScriptedServer } from '../../support/scripted-server.js';

/** Refuses every change, and shows the machine in this state. */
const refusing = (refusal: ScriptedAnswer, state: string) =>
  startScriptedServer(({ method }) => (method === 'GET' ? { status: 200, body: flyMachine({ state }) } : refusal));

const facts = { target: 'm1', flyCode: null, requestId: null, retryAfterSecs: null } as const;
const ofState = (state: string) => `failed_precondition: unable to start machine from current state: '${state}'`;

describe('start, stop and suspend', () => {
  it('send what they are told and nothing else', async () => {
    await using server = await startScriptedServer([{ status: 200, body: { ok: true } }]);
    await using client = flyClientOf(server);
    await client.fly.startMachine('m1');
    await client.fly.stopMachine('m1');
    await client.fly.stopMachine('m1', { killSignal: 'SIGTERM', graceSecs: 10 });
    await client.fly.suspendMachine('m1');
    expect(server.seen.map(({ method, path, body }) => [method, path.split('/m1').at(-1), body])).toEqual([
      ['POST', '/start', undefined],
      ['POST', '/stop', undefined],
      ['POST', '/stop', { signal: 'SIGTERM', timeout: '10s' }],
      ['POST', '/suspend', undefined],
    ]);
  });

  it.each([
    ['startMachine', 409, 'started'],
    ['startMachine', 412, 'started'],
    ['startMachine', 412, 'starting'],
    ['stopMachine', 412, 'stopped'],
    ['suspendMachine', 412, 'suspended'],
  ] as const)('%s takes a %i for done when the machine is %s already', async (change, status, state) => {
    await using server = await refusing(refused(status, 'failed_precondition: x'), state);
    await using client = flyClientOf(server);
    await client.fly[change]('m1');
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('advise to wait when the machine is on its way to another state', async () => {
    await using server = await refusing(refused(412, ofState('stopping')), 'stopping');
    await using client = flyClientOf(server);
    await expect(client.fly.startMachine('m1')).rejects.toMatchObject({ status: 412, advice: 'wait-for-state' });
  });

  it('start again by themselves what is still being prepared', async () => {
    await using server = await startScriptedServer([refused(412, ofState('created')), { status: 200 }]);
    await using client = flyClientOf(server);
    await client.fly.startMachine('m1');
    expect(server.seen).toHaveLength(2);
  });

  it('let the refusal stand when the machine cannot be looked at', async () => {
    await using server = await startScriptedServer(({ method }) =>
      method === 'GET' ? refused(404, 'machine not found') : refused(412, 'failed_precondition: x'),
    );
    await using client = flyClientOf(server);
    await expect(client.fly.stopMachine('m1')).rejects.toMatchObject({ call: 'stopMachine', status: 412 });
    expect(server.seen).toHaveLength(2);
  });

  it('look at nothing when what forbids it is not the state', () => {
    const about = (status: number, text: string) =>
      isWorthALook(new FlyError({ ...facts, call: 'startMachine', status, text }));
    expect(about(412, 'failed_precondition: x')).toBe(true);
    expect(about(409, 'aborted: machine ID m1 lease currently held by x')).toBe(false);
    expect(about(429, 'slow down')).toBe(false);
    expect(about(404, 'machine not found')).toBe(false);
    expect(isWorthALook(new Error('x'))).toBe(false);
  });

  it('look at nothing when the host is full', async () => {
    await using server = await refusing(refused(409, 'aborted: could not reserve resource for machine'), 'stopped');
    await using client = flyClientOf(server);
    await expect(client.fly.startMachine('m1')).rejects.toMatchObject({ advice: 'retry-elsewhere-host' });
    expect(server.seen).toHaveLength(1);
  });

  it.each([400, 409, 412, 422])(
    'advise to give up a suspend that %i forbids to a machine that runs',
    async (status) => {
      await using server = await refusing(refused(status, 'machine has swap'), 'started');
      await using client = flyClientOf(server);
      await expect(client.fly.suspendMachine('m1')).rejects.toMatchObject({ status, advice: 'give-up' });
    },
  );
});

describe('deleteMachine', () => {
  it('deletes by force, and takes 404 for done', async () => {
    await using server = await startScriptedServer([refused(404, 'machine not found')]);
    await using client = flyClientOf(server);
    await client.fly.deleteMachine('m1');
    await client.fly.deleteMachine('m1', { force: false });
    expect(server.seen.map(({ method, path, query }) => `${method} ${path}?${query}`)).toEqual([
      'DELETE /v1/apps/demo-app/machines/m1?force=true',
      'DELETE /v1/apps/demo-app/machines/m1?force=false',
    ]);
  });

  it('without force advises to wait while the machine runs, whatever the status', async () => {
    await using server = await refusing(refused(400, 'machine is running'), 'started');
    await using client = flyClientOf(server);
    const deletion = client.fly.deleteMachine('m1', { force: false });
    await expect(deletion).rejects.toMatchObject({ status: 400, advice: 'wait-for-state' });
  });

  it('outlasts a lease that somebody else holds for a moment', async () => {
    const held = refused(409, 'aborted: machine ID m1 lease currently held by x, expires at 2026-01-01T00:00:00Z');
    await using server = await startScriptedServer([held, held, { status: 200, body: { ok: true } }]);
    await using client = flyClientOf(server);
    await client.fly.deleteMachine('m1');
    expect(server.seen).toHaveLength(3);
  });
});
