import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../src/sdk/fly/deadline.js';
import { flyClientOf, refused } from '../../support/fly-answers.js';
import { startScriptedServer } from '../../support/scripted-server.js';

const timeoutMs = 1_250;
const app = { id: 'a', name: 'demo-app', organization: { slug: 'demo' } };
/** With a fresh time for its second request, a call would take a second longer. */
const tooLongMs = 2_000;

describe.concurrent('a call of several requests', () => {
  it.each([
    ['startMachine', (fly) => fly.startMachine('m1', { timeoutMs })],
    ['extendVolume', (fly) => fly.extendVolume('vol_1', 2, { timeoutMs })],
    ['mergeMetadata', (fly) => fly.mergeMetadata('m1', { a: '1' }, { timeoutMs })],
    ['getPlacements', (fly) => fly.getPlacements({}, { timeoutMs })],
  ] satisfies [string, (fly: ReturnType<typeof flyClientOf>['fly']) => Promise<unknown>][])(
    '%s: has one deadline for all of them',
    async (_, call) => {
      await using server = await startScriptedServer((request, number) => {
        if (number === 1) return { ...refused(429, 'slow'), headers: { 'retry-after': '1' } };
        if (number > 2) return 'hang';
        if (request.method !== 'GET') return refused(412, 'failed_precondition: x');
        return { status: 200, body: request.path.endsWith('/metadata') ? { b: '2' } : app };
      });
      await using client = flyClientOf(server);
      const startedAt = performance.now();
      await expect(call(client.fly)).rejects.toMatchObject({ code: 'fly_failed' });
      expect(performance.now() - startedAt).toBeLessThan(tooLongMs);
      expect(server.seen.length).toBeGreaterThan(2);
    },
  );
});

describe('a look by the way', () => {
  it('that fails has seen nothing, unless the caller has given up', async () => {
    const controller = new AbortController();
    const deadline = new Deadline({ signal: controller.signal });
    expect(await deadline.unlessItFails(Promise.resolve(7))).toBe(7);
    expect(await deadline.unlessItFails(Promise.reject(new Error('away')))).toBeUndefined();
    const reason = new Error('shutting down');
    controller.abort(reason);
    await expect(deadline.unlessItFails(Promise.reject(new Error('away')))).rejects.toBe(reason);
  });

  it('has no more time than it is given, and than is left', () => {
    const deadline = new Deadline({ timeoutMs: 1_000 });
    expect(deadline.within(10).timeoutMs).toBe(10);
    expect(deadline.within(60_000).timeoutMs).toBeLessThanOrEqual(1_000);
    expect(new Deadline({ timeoutMs: -5 }).rest.timeoutMs).toBe(1);
  });
});
