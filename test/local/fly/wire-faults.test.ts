import { describe, expect, it, vi } from 'vitest';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { listMachines, machineRequest, startedMachine } from '../../support/fly-machines.js';
import { rawExchange } from '../../support/raw-http.js';

const create = { call: 'create_machine', times: 1 } as const;

describe('a connection that a fault spoils', () => {
  it('is cut before anything is done', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ ...create, kind: 'drop' });
    await expect(callFly(fly, 'POST', '/machines', machineRequest())).rejects.toThrow();
    expect(await listMachines(fly)).toEqual([]);
  });

  it('is cut also where what was asked is refused', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ call: 'start_machine', times: 1, kind: 'lose_answer' });
    await expect(callFly(fly, 'POST', '/machines/none/start')).rejects.toThrow();
  });

  it('carries the page of a proxy instead of an answer', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ ...create, kind: 'garbage', times: 2 });
    for (let time = 1; time <= 2; time++) {
      const response = await fetch(`${fly.url}/v1/apps/${fly.app}/machines`, {
        method: 'POST',
        headers: { authorization: `Bearer ${fly.token}` },
        body: JSON.stringify(machineRequest()),
      });
      expect(response.status).toBe(502);
      expect(response.headers.get('content-type')).toBe('text/html');
      expect(await response.text()).toContain('<html>');
    }
    expect(await listMachines(fly)).toEqual([]);
  });

  it('carries half of the answer to what was done', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ ...create, kind: 'truncated' });
    await expect(callFly(fly, 'POST', '/machines', machineRequest())).rejects.toThrow(SyntaxError);
    expect(await listMachines(fly)).toHaveLength(1);
  });

  it('ends in the middle of the answer', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ call: 'get_app', times: 1, kind: 'truncated', cut: true });
    const head = `GET /v1/apps/${fly.app} HTTP/1.1\r\nhost: fly\r\nauthorization: Bearer ${fly.token}\r\n\r\n`;
    const answer = await rawExchange(fly.url, head);
    const announced = Number(/content-length: (\d+)/.exec(answer)?.[1]);
    const [, body = ''] = answer.split('\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(body).toContain('"name"');
    expect(body.length).toBeLessThan(announced);
  });

  it('hangs until the fault is removed, and then goes on', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const hang = fly.faults.add({ call: 'get_machine', times: 1, kind: 'hang' });
    const asked = callFly(fly, 'GET', `/machines/${id}`);
    await vi.waitFor(() => expect(fly.faults.list()).toMatchObject([{ left: 0 }]));
    hang.remove();
    expect(await asked).toMatchObject({ status: 200, body: { id } });
  });

  it('is let go of when the caller has gone', async () => {
    await using fly = await withFlyEmulator();
    fly.faults.add({ call: 'get_app', times: 1, kind: 'hang' });
    const gone = new AbortController();
    const asked = fetch(`${fly.url}/v1/apps/${fly.app}`, {
      headers: { authorization: `Bearer ${fly.token}` },
      signal: gone.signal,
    });
    await vi.waitFor(() => expect(fly.faults.list()).toMatchObject([{ left: 0 }]));
    gone.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await vi.waitFor(() => expect(fly.faults.list()).toEqual([]));
  });

  it('is cut after ten minutes at the latest', async () => {
    await using fly = await withFlyEmulator();
    fly.clock.hold();
    fly.faults.add({ call: 'get_app', times: 1, kind: 'hang' });
    const asked = callFly(fly, 'GET', '').then(
      () => 'answered',
      () => 'cut',
    );
    await vi.waitFor(() => expect(fly.faults.list()).toMatchObject([{ left: 0 }]));
    await fly.clock.advance(10 * 60_000);
    expect(await asked).toBe('cut');
  });
});
