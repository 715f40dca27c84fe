import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { FlyEmulator } from '../../../src/local/fly/emulator.js';
import { planChecks } from '../../../src/local/fly/machines/checks/plan.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { reach, service, startedMachine, tell } from '../../support/fly-machines.js';

const quick = { interval: '100ms', timeout: '5s', grace_period: '1ms' };

describe('the checks of a machine', () => {
  it('are made for real, of its services and of its own', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, {
      services: [{ ...service, checks: [{ type: 'tcp', ...quick }] }],
      checks: {
        page: { type: 'http', port: 3000, path: '/pid', ...quick },
        missing: { type: 'http', port: 3000, path: '/nowhere', ...quick },
        elsewhere: { type: 'tcp', port: 9999, ...quick },
      },
    });
    await vi.waitFor(
      async () =>
        expect(await checksOf(fly, id)).toMatchObject([
          { name: 'servicecheck-00-tcp-3000', status: 'passing' },
          { name: 'page', status: 'passing', output: 'GET /pid: 200' },
          { name: 'missing', status: 'critical', output: 'GET /nowhere: 404' },
          { name: 'elsewhere', status: 'critical' },
        ]),
      { timeout: 10_000, interval: 20 },
    );
  });

  it('are warnings while it does not run', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { checks: { page: { type: 'tcp', port: 3000, ...quick } } });
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    expect(await checksOf(fly, id)).toMatchObject([{ status: 'warning', output: "the machine hasn't started" }]);
  });

  it('wait for their grace period and then for their interval, on the clock', async () => {
    await using fly = await withFlyEmulator();
    fly.clock.hold();
    const page = { type: 'http', port: 3000, path: '/count', interval: '10s', grace_period: '5s' };
    const { body } = await callFly(fly, 'POST', '/machines', {
      region: 'sjc',
      config: { image: 'app', services: [service], checks: { page } },
    });
    const { id } = z.object({ id: z.string() }).parse(body);
    // The boot takes real time.
    const started = async () => {
      await fly.clock.advance(10);
      const { host, port } = fly.machines.find(fly.app, id)?.address ?? {};
      expect((await fetch(`http://${host}:${port}/pid`)).status).toBe(200);
    };
    await vi.waitFor(started, { timeout: 10_000, interval: 20 });
    expect(await checksOf(fly, id)).toMatchObject([{ status: 'warning' }]);
    await fly.clock.advance(5000);
    const passing = async () => expect(await checksOf(fly, id)).toMatchObject([{ status: 'passing' }]);
    await vi.waitFor(passing, { timeout: 10_000, interval: 20 });
    const counter = await countOf(fly, id);
    expect(await countOf(fly, id)).toBe(counter + 1);
    await fly.clock.advance(10_000);
    await vi.waitFor(async () => expect(await countOf(fly, id)).toBeGreaterThan(counter + 2), { timeout: 10_000 });
  });

  it('have the times of the docs where the config has none, and a bound on their number', () => {
    const checks = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`c${i}`, { type: 'tcp' as const }]));
    const planned = planChecks({ image: 'app', checks });
    expect(planned).toHaveLength(20);
    expect(planned[0]).toMatchObject({ graceMs: 1000, intervalMs: 15_000, timeoutMs: 2000 });
  });
});

async function checksOf(fly: FlyEmulator, id: string): Promise<unknown> {
  const { body } = await callFly(fly, 'GET', `/machines/${id}`);
  return z.object({ checks: z.array(z.unknown()) }).parse(body).checks;
}

async function countOf(fly: FlyEmulator, id: string): Promise<number> {
  const { host, port } = fly.machines.find(fly.app, id)?.address ?? {};
  const body = await (await fetch(`http://${host}:${port}/count`)).json();
  return z.object({ counter: z.number() }).parse(body).counter;
}
