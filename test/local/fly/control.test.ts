import { describe, expect, it, vi } from 'vitest';
import { matchRoute } from '../../../src/local/fly/api/router.js';
import { machineControlRoutes } from '../../../src/local/fly/control/machine-routes.js';
import { control } from '../../support/fly-control.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  createdMachine,
  getMachine,
  listMachines,
  machineRequest,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe('the control API', () => {
  it('shows all that there is to control', async () => {
    await using fly = await withFlyEmulator({ controlPlaneApp: 'control', version: '1.2.3' });
    expect(await control(fly, 'GET')).toMatchObject({
      status: 200,
      body: {
        version: '1.2.3',
        apps: [{ name: fly.app }, { name: 'control' }],
        clock: { held: false, now: expect.stringMatching(/^\d{4}-/) },
        pace: { profile: 'instant', timings: { startMs: 5 }, answers: {} },
        faults: [],
        hosts: expect.arrayContaining([{ id: 'sjc-1', region: 'sjc', full: false, reachable: true }]),
        rate_limits: { on: false },
        unconfirmed: { startOnStarted: 'success' },
      },
    });
    expect(await control(fly, 'GET', '/')).toMatchObject({ status: 200 });
  });

  it('takes the token of the emulator alone', async () => {
    await using fly = await withFlyEmulator();
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const response = await fetch(`${fly.url}/_emulator`, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: 'Authenticate: token validation error' });
    }
  });

  it('adds, lists and removes faults', async () => {
    await using fly = await withFlyEmulator();
    const refuse = { kind: 'refuse', row: '422-region-full', call: 'create_machine' };
    expect(await control(fly, 'POST', '/faults', refuse)).toEqual({ status: 200, body: { id: 'fault_1' } });
    await control(fly, 'POST', '/faults', { kind: 'list_empty', times: 'always' });
    const [first, second] = [
      { id: 'fault_1', ...refuse, times: 1, left: 1 },
      { id: 'fault_2', kind: 'list_empty', call: '*', times: 'always', left: 'always' },
    ];
    expect((await control(fly, 'GET', '/faults')).body).toEqual({ faults: [first, second] });
    expect((await callFly(fly, 'POST', '/machines', machineRequest())).status).toBe(422);
    expect((await control(fly, 'GET', '/faults')).body).toEqual({ faults: [second] });
    expect((await control(fly, 'DELETE', '/faults/fault_2')).body).toEqual({ faults: [] });
    expect(await control(fly, 'DELETE', '/faults/fault_2')).toMatchObject({ status: 404 });
    await control(fly, 'POST', '/faults', { kind: 'stuck', state: 'starting', times: 'always' });
    expect((await control(fly, 'DELETE', '/faults')).body).toEqual({ faults: [] });
  });

  it('takes every kind of fault', async () => {
    await using fly = await withFlyEmulator();
    const faults: readonly object[] = [
      { kind: 'refuse', status: 503, error: 'down', bodyStatus: 'unknown', headers: { 'retry-after': '1' } },
      { kind: 'refuse', row: '408-create', call: 'create_machine', afterActing: true, times: 3 },
      { kind: 'delay', ms: 100, target: 'a', app: 'b' },
      { kind: 'lose_answer' },
      { kind: 'drop' },
      { kind: 'hang' },
      { kind: 'garbage', status: 200 },
      { kind: 'truncated', cut: true },
      { kind: 'list_empty' },
      { kind: 'list_stale' },
      { kind: 'forget', forMs: 10 },
      { kind: 'stuck', state: 'destroying' },
    ];
    for (const fault of faults) {
      expect((await control(fly, 'POST', '/faults', fault)).status, JSON.stringify(fault)).toBe(200);
    }
    expect((await control(fly, 'GET', '/faults')).body).toMatchObject({ faults });
  });

  it('says what is wrong, and what would be right', async () => {
    await using fly = await withFlyEmulator();
    const wrong: readonly (readonly [string, unknown, RegExp])[] = [
      ['/faults', { kind: 'explode' }, /no fault of kind "explode"; there are refuse, delay, /],
      ['/faults', {}, /there are refuse, delay, /],
      ['/faults', { kind: 'refuse', row: '418-teapot' }, /row: .*"409-name-taken"/],
      ['/faults', { kind: 'drop', call: 'launch' }, /call: .*"create_machine"/],
      ['/faults', { kind: 'drop', time: 2 }, /"time"/],
      ['/faults', { kind: 'drop', times: 0 }, /times: /],
      ['/faults', { kind: 'delay' }, /ms: /],
      ['/faults', { kind: 'refuse', row: '429-rate-limit', headers: { 'retry-after': '1\r\nx: y' } }, /header/],
      ['/faults', { kind: 'stuck', state: 'started' }, /state: .*"destroying"/],
      ['/faults', '{"kind":', /JSON object/],
      ['/faults', '[]', /JSON object/],
      ['/clock', { hold: true, release: true }, /one at a time/],
      ['/clock', { advance_ms: -1 }, /advance_ms: /],
      ['/pace', { profile: 'slow' }, /profile: .*"instant"/],
      ['/pace', { timings: { startSecs: 1 } }, /startSecs/],
      ['/pace', { answers: { launch: 1 } }, /launch/],
      ['/hosts/sjc-1', { broken: true }, /"broken"/],
      ['/regions/sjc', {}, /full: /],
      ['/rate-limits', { on: 'yes' }, /on: /],
      ['/unconfirmed', { startOnStarted: 'maybe' }, /startOnStarted: .*"success"/],
    ];
    for (const [path, body, sentence] of wrong) {
      const reply = await control(fly, 'POST', path, body);
      expect(reply, `${path} ${JSON.stringify(body)}`).toEqual({
        status: 400,
        body: { error: expect.stringMatching(sentence) },
      });
    }
    expect(await control(fly, 'POST', '/hosts/mars-1', {})).toMatchObject({
      status: 404,
      body: { error: expect.stringMatching(/no host mars-1; there are ams-1, /) },
    });
    expect(await control(fly, 'POST', '/regions/mars', { full: true })).toMatchObject({ status: 404 });
    expect(await control(fly, 'PUT', '/faults')).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('POST /_emulator/faults') },
    });
    expect((await control(fly, 'GET')).body).toMatchObject({ faults: [], clock: { held: false } });
  });

  it('holds, moves and releases time', async () => {
    await using fly = await withFlyEmulator({ timings: { startMs: 60_000 } });
    expect(await control(fly, 'POST', '/clock', { hold: true })).toMatchObject({ status: 200, body: { held: true } });
    const { id } = await createdMachine(fly, {}, { skip_launch: true });
    await control(fly, 'POST', '/clock', { advance_ms: 10 });
    await tell(fly, id, 'start');
    expect((await getMachine(fly, id)).state).toBe('starting');
    // The program is spawned in the computer's own time.
    await vi.waitFor(async () => {
      await control(fly, 'POST', '/clock', { advance_ms: 60_000 });
      expect((await getMachine(fly, id)).state).toBe('started');
    });
    expect((await control(fly, 'POST', '/clock', { release: true })).body).toMatchObject({ held: false });
  });

  it('changes the pace, the limits and the answers that nobody knows', async () => {
    await using fly = await withFlyEmulator();
    await control(fly, 'POST', '/pace', { profile: 'fly', timings: { startMs: 7 }, answers: { '*': 0 } });
    expect(fly.pace).toMatchObject({ profile: 'fly', spans: { startMs: 7, createdMs: { minMs: 4000 } } });
    expect(fly.pace.answerMs('get_machine')).toBe(0);
    expect((await control(fly, 'POST', '/rate-limits', { on: true })).body).toEqual({ on: true });
    expect(fly.rateLimits.isOn).toBe(true);
    expect((await control(fly, 'POST', '/unconfirmed', { retryAfter: 'missing' })).body).toMatchObject({
      retryAfter: 'missing',
      startOnStarted: 'success',
    });
    expect(fly.unconfirmed.now.retryAfter).toBe('missing');
  });

  it('takes room and reach from hosts and regions', async () => {
    await using fly = await withFlyEmulator();
    const reply = await control(fly, 'POST', '/hosts/ams-1', { full: true, reachable: false });
    expect(reply).toEqual({ status: 200, body: { id: 'ams-1', region: 'ams', full: true, reachable: false } });
    await control(fly, 'POST', '/regions/sjc', { full: true });
    expect((await callFly(fly, 'POST', '/machines', machineRequest())).status).toBe(422);
    await control(fly, 'POST', '/regions/sjc', { full: false });
    expect((await callFly(fly, 'POST', '/machines', machineRequest())).status).toBe(200);
  });

  it('makes the program of a machine crash, and loses snapshots', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { restart: { policy: 'no' } });
    await askProgram(fly, id, '/count');
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    expect(await control(fly, 'POST', `/machines/${id}/lose-snapshot`)).toEqual({ status: 200, body: { ok: true } });
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/count')).toEqual({ counter: 1 });
    expect(await control(fly, 'POST', '/lose-snapshots')).toMatchObject({ status: 200 });
    expect((await control(fly, 'POST', `/machines/${id}/exit`)).status).toBe(200);
    await reach(fly, id, 'stopped');
    const exit = (await getMachine(fly, id)).events.find(({ type }) => type === 'exit');
    expect(exit).toMatchObject({ request: { exit_event: { signal: 9, requested_stop: false } } });
    expect(await control(fly, 'POST', `/machines/${id}/exit`)).toMatchObject({ status: 409 });
    for (const what of ['exit', 'lose-snapshot']) {
      expect((await control(fly, 'POST', `/machines/00000000000000/${what}`)).status).toBe(404);
    }
  });

  it('moves machines where that can be done, and says so where it cannot', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const moved: string[] = [];
    const handle = (migrate?: (machineId: string) => void) => {
      const machines = { crash: () => false, ...(migrate && { migrate }) };
      const routes = machineControlRoutes({ faults: fly.faults, machines });
      return () =>
        matchRoute(routes, 'POST', `/machines/${id}/migrate`)?.route.handle({ params: { id }, bodyText: '' });
    };
    expect(handle((machineId) => moved.push(machineId))()).toEqual({ ok: true });
    expect(moved).toEqual([id]);
    expect(handle()).toThrow('does not move machines');
    const noRoom = () => {
      throw new Error('no other host has room');
    };
    expect(handle(noRoom)).toThrow('no other host has room');
  });

  it('is touched neither by faults nor by limits nor by the pace', async () => {
    await using fly = await withFlyEmulator({ rateLimits: true });
    fly.clock.hold();
    fly.pace.setAnswers({ '*': 60_000 });
    fly.faults.add({ call: '*', times: Number.POSITIVE_INFINITY, kind: 'drop' });
    for (let call = 1; call <= 20; call++) expect((await control(fly, 'GET')).status).toBe(200);
  });

  it('puts everything back as it was at the start, and leaves the machines alone', async () => {
    await using fly = await withFlyEmulator({ timings: { startMs: 9 }, unconfirmed: { retryAfter: 'missing' } });
    const { id } = await startedMachine(fly);
    const without = (body: unknown) => ({ ...Object(body), clock: { held: Object(body).clock.held } });
    const before = without((await control(fly, 'GET')).body);
    await control(fly, 'POST', '/clock', { hold: true });
    await control(fly, 'POST', '/pace', { profile: 'fly' });
    await control(fly, 'POST', '/rate-limits', { on: true });
    await control(fly, 'POST', '/unconfirmed', { retryAfter: 'sent', volumeCreateStatus: 200 });
    await control(fly, 'POST', '/hosts/sjc-1', { full: true, reachable: false });
    await control(fly, 'POST', '/faults', { kind: 'drop', times: 'always' });
    expect(without((await control(fly, 'GET')).body)).not.toEqual(before);
    expect(without((await control(fly, 'POST', '/reset')).body)).toEqual(before);
    expect(await listMachines(fly)).toEqual([id]);
  });
});
