import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  createdMachine,
  expectGone,
  getMachine,
  machineRequest,
  programPid,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe('cordon', () => {
  it('takes a machine out of the traffic and back, and may be repeated', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const hosted = fly.machines.find(fly.app, id);
    for (const cordoned of [true, true, false, false]) {
      const action = cordoned ? 'cordon' : 'uncordon';
      expect(await callFly(fly, 'POST', `/machines/${id}/${action}`)).toMatchObject({
        status: 200,
        body: { ok: true },
      });
      expect(hosted?.cordoned).toBe(cordoned);
      expect((await callFly(fly, 'GET', `/machines/${id}`)).body).toMatchObject({ cordoned });
    }
  });

  it('is how a machine begins that is not to be registered', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, {}, { skip_service_registration: true });
    expect(fly.machines.find(fly.app, id)?.cordoned).toBe(true);
    const other = await startedMachine(fly);
    expect(fly.machines.find(fly.app, other.id)?.cordoned).toBe(false);
  });
});

describe('restart', () => {
  it('boots the same version afresh', async () => {
    await using fly = await withFlyEmulator();
    const { id, instance_id } = await startedMachine(fly);
    const pid = await programPid(fly, id);
    expect(await callFly(fly, 'POST', `/machines/${id}/restart`)).toMatchObject({ status: 200, body: { ok: true } });
    expect((await getMachine(fly, id)).state).toMatch(/^(re)?starting$/);
    await reach(fly, id, 'started');
    await expectGone(pid);
    expect((await getMachine(fly, id)).instance_id).toBe(instance_id);
    const { body } = await callFly(fly, 'GET', `/machines/${id}/events?limit=4`);
    expect(body).toMatchObject([
      { type: 'start', status: 'started' },
      { type: 'restart', status: 'starting', source: 'flyd' },
      { type: 'exit', request: { exit_event: { requested_stop: true, restarting: true } } },
      { type: 'restart', status: 'restarting', source: 'user' },
    ]);
  });

  it('heeds its timeout, a Go duration or seconds, its signal and force', async () => {
    await using fly = await withFlyEmulator();
    for (const query of ['timeout=50ms', 'timeout=1&signal=SIGTERM', 'timeout=10m&force_stop=true']) {
      const { id } = await startedMachine(fly, { env: { DEAF: 'yes' } });
      const pid = await programPid(fly, id);
      expect((await callFly(fly, 'POST', `/machines/${id}/restart?${query}`)).status).toBe(200);
      await reach(fly, id, 'started');
      await expectGone(pid);
    }
  });

  it('is refused for what it does not understand, and where nothing runs', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    for (const query of ['timeout=soon', 'signal=SIGWINCH', 'force_stop=perhaps']) {
      expect((await callFly(fly, 'POST', `/machines/${id}/restart?${query}`)).status, query).toBe(400);
    }
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    expect(await callFly(fly, 'POST', `/machines/${id}/restart`)).toMatchObject({
      status: 412,
      body: { error: "failed_precondition: unable to restart machine from current state: 'stopped'" },
    });
  });
});

describe('signal', () => {
  it('reaches the program, by name or by number', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { restart: { policy: 'no' } });
    await askProgram(fly, id, '/signals');
    const seen = () => askProgram(fly, id, '/signals');
    for (const [index, signal] of ['SIGHUP', 1].entries()) {
      const reply = await callFly(fly, 'POST', `/machines/${id}/signal`, { signal });
      expect(reply).toMatchObject({ status: 200, body: { ok: true } });
      await vi.waitFor(async () => expect(await seen()).toEqual({ SIGHUP: index + 1 }), { timeout: 10_000 });
    }
    await callFly(fly, 'POST', `/machines/${id}/signal`, { signal: 9 });
    await reach(fly, id, 'stopped');
    expect((await getMachine(fly, id)).events[0]).toMatchObject({
      type: 'exit',
      request: { exit_event: { exit_code: 137, signal: 9, guest_signal: 9, requested_stop: false } },
    });
  });

  it('is refused when there is none of that name, or nothing to receive it', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    for (const body of [{ signal: 'SIGWINCH' }, { signal: 99 }, { signal: true }, {}, undefined]) {
      expect((await callFly(fly, 'POST', `/machines/${id}/signal`, body)).status, JSON.stringify(body)).toBe(400);
    }
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    expect((await callFly(fly, 'POST', `/machines/${id}/signal`, { signal: 'SIGHUP' })).status).toBe(412);
  });
});

describe('versions', () => {
  it('are told with their configs, newest first', async () => {
    await using fly = await withFlyEmulator();
    const first = await startedMachine(fly, { env: { A: '1' } });
    await callFly(fly, 'POST', `/machines/${first.id}`, machineRequest({ env: { A: '2' } }));
    await reach(fly, first.id, 'started');
    const { body } = await callFly(fly, 'GET', `/machines/${first.id}/versions`);
    expect(z.array(z.looseObject({ version: z.string() })).parse(body)).toMatchObject([
      { version: (await getMachine(fly, first.id)).instance_id, user_config: { env: { A: '2' } } },
      { version: first.instance_id, user_config: { env: { A: '1' } } },
    ]);
  });
});

describe('events', () => {
  it('are given 20 at a time, and 50 at most', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await createdMachine(fly);
    for (const limit of ['0', '51', 'all']) {
      expect((await callFly(fly, 'GET', `/machines/${id}/events?limit=${limit}`)).status, limit).toBe(400);
    }
    expect((await callFly(fly, 'GET', `/machines/${id}/events?limit=50`)).status).toBe(200);
  });
});
