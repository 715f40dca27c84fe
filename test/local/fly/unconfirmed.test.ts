import { describe, expect, it, vi } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  createdMachine,
  getMachine,
  machineRequest,
  reach,
  startedMachine,
  tell,
  waitInVain,
} from '../../support/fly-machines.js';

describe('where nobody knows what Fly answers, the emulator can', () => {
  it('refuse a start of what is started', async () => {
    await using fly = await withFlyEmulator({ unconfirmed: { startOnStarted: 'refuse' } });
    const { id } = await startedMachine(fly);
    expect(await callFly(fly, 'POST', `/machines/${id}/start`)).toMatchObject({
      status: 412,
      body: { error: 'failed_precondition: machine still active, refusing to start' },
    });
    await fly.machines.find(fly.app, id)?.start('proxy');
  });

  it('refuse the delete of a started machine in three ways', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    for (const [status, code] of [
      [400, 'invalid_argument'],
      [409, 'aborted'],
      [412, 'failed_precondition'],
    ] as const) {
      fly.unconfirmed.set({ deleteStartedStatus: status });
      expect(await callFly(fly, 'DELETE', `/machines/${id}`)).toMatchObject({
        status,
        body: { error: `${code}: unable to destroy machine from current state: 'started'` },
      });
    }
  });

  it('refuse a suspend in three ways, and draw its limit at 2 or 4 GB', async () => {
    await using fly = await withFlyEmulator();
    const guest = { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 };
    const { id } = await startedMachine(fly, { guest });
    for (const status of [400, 412, 422] as const) {
      fly.unconfirmed.set({ suspendIneligibleStatus: status });
      expect((await callFly(fly, 'POST', `/machines/${id}/suspend`)).status).toBe(status);
    }
    fly.unconfirmed.set({ suspendLimitMb: 4096 });
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
  });

  it('refuse an update of another version in two ways', async () => {
    await using fly = await withFlyEmulator();
    const { id, instance_id } = await startedMachine(fly);
    const update = (current_version: string) =>
      callFly(fly, 'POST', `/machines/${id}`, { ...machineRequest(), current_version });
    for (const status of [409, 412] as const) {
      fly.unconfirmed.set({ staleVersionStatus: status });
      expect((await update('01ARYZ6S41TSV4RRFFQ69G5FAV')).status).toBe(status);
    }
    expect((await update(instance_id)).status).toBe(200);
  });

  it('call an update updating or replacing', async () => {
    await using fly = await withFlyEmulator({ timings: { replaceMs: 60_000 } });
    for (const state of ['updating', 'replacing'] as const) {
      fly.unconfirmed.set({ updateState: state });
      const { id } = await startedMachine(fly);
      expect((await callFly(fly, 'POST', `/machines/${id}`, machineRequest())).body).toMatchObject({ state });
      expect((await callFly(fly, 'POST', `/machines/${id}/start`)).status).toBe(412);
      expect(await callFly(fly, 'POST', `/machines/${id}`, machineRequest())).toMatchObject({
        status: 409,
        body: { error: 'aborted: machine update failed due to concurrent update' },
      });
      // The time of the update begins when the old program has ended, which takes real time.
      const updated = async () => {
        await fly.clock.advance(60_000);
        expect((await getMachine(fly, id)).state).toBe('started');
      };
      await vi.waitFor(updated, { timeout: 10_000, interval: 20 });
    }
  });

  it('say nothing but ok after a wait, and demand a version to wait for stopped', async () => {
    await using fly = await withFlyEmulator({
      unconfirmed: { waitAnswer: 'ok_only', waitForStopped: 'needs_version' },
    });
    const { id, instance_id } = await startedMachine(fly);
    expect((await callFly(fly, 'GET', `/machines/${id}/wait`)).body).toEqual({ ok: true });
    expect((await callFly(fly, 'GET', `/machines/${id}/wait?state=stopped`)).status).toBe(400);
    await tell(fly, id, 'stop');
    const wait = `/machines/${id}/wait?state=stopped&instance_id=${instance_id}`;
    expect((await callFly(fly, 'GET', wait)).body).toEqual({ ok: true });
  });
});

describe('wait from an event on', () => {
  it('counts what came after it, also when that has passed', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const started = (await callFly(fly, 'GET', `/machines/${id}/wait`)).body;
    const from = (event: unknown, state: string) =>
      callFly(fly, 'GET', `/machines/${id}/wait?timeout=1&state=${state}&from_event_id=${eventOf(event)}`);
    const inVain = (event: unknown, state: string) =>
      waitInVain(fly, id, `state=${state}&from_event_id=${eventOf(event)}`);
    expect((await inVain(started, 'started')).status).toBe(408);
    await tell(fly, id, 'stop');
    const stopped = await from(started, 'stopped');
    expect(stopped).toMatchObject({ status: 200, body: { state: 'stopped' } });
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect((await from(started, 'stopped')).body).toMatchObject({ event_id: eventOf(stopped.body) });
    expect((await inVain(stopped.body, 'stopped')).status).toBe(408);
    expect((await from({ event_id: 'unknown' }, 'started')).status).toBe(200);
  });
});

describe('a machine that nothing was done to', () => {
  it('is created after skip_launch, and an update without it starts it', async () => {
    await using fly = await withFlyEmulator({ timings: { createdMs: 0 } });
    const { id } = await createdMachine(fly, {}, { skip_launch: true });
    expect((await getMachine(fly, id)).state).toBe('created');
    await callFly(fly, 'POST', `/machines/${id}`, { ...machineRequest(), skip_launch: true });
    await reach(fly, id, 'settled');
    expect((await getMachine(fly, id)).state).toBe('created');
    await callFly(fly, 'POST', `/machines/${id}`, machineRequest());
    await reach(fly, id, 'started');
  });
});

function eventOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'event_id' in body ? String(body.event_id) : '';
}
