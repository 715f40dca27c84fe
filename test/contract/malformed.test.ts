import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenBodies } from '../support/contract/broken.js';
import { bodies } from '../support/contract/good-bodies.js';
import { judge } from '../support/contract/judge.js';
import { oddPart, oddQuery, oddToken, tails } from '../support/contract/odd-requests.js';
import { type RawCall, rawCall } from '../support/contract/raw-call.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../support/fly-emulator.js';
import { createdMachine, newVolume } from '../support/fly-machines.js';

/** Runs are bounded in number and in time; a failure prints its seed. */
const bounds = { numRuns: 60, interruptAfterTimeLimit: 2_000 };

describe('whatever is sent, the emulated Fly refuses it as documented and goes on', () => {
  let fly: TestFlyEmulator;
  let machine: string;
  let leased: string;
  let volume: string;

  beforeAll(async () => {
    fly = await withFlyEmulator();
    machine = (await createdMachine(fly, {}, { skip_launch: true })).id;
    leased = (await createdMachine(fly, {}, { skip_launch: true })).id;
    volume = (await newVolume(fly)).id;
  });
  afterAll(() => fly[Symbol.asyncDispose]());

  const expectGraceful = async (call: RawCall): Promise<void> => {
    const headers = { authorization: `Bearer ${fly.token}`, ...call.headers };
    const { status, text } = await rawCall(fly.url, { ...call, headers });
    const { method, path: url, body: requestBody = '' } = call;
    expect(judge({ method, url, requestBody, status, answerBody: text, odd: true }), `${status} ${text}`).toEqual([]);
  };
  const expectGoesOn = async () => expect((await callFly(fly, 'GET', `/machines/${machine}`)).status).toBe(200);

  it.each(bodies)(
    '%s %s: bodies of wrong types, sizes and depths, and none that is JSON',
    async (method, path, good) => {
      const named = path.replace(':id', machine).replace(':leased', leased).replace(':volume', volume);
      const at = `/v1/apps/${fly.app}${named}`;
      const property = fc.asyncProperty(brokenBodies(good), (body) => expectGraceful({ method, path: at, body }));
      await fc.assert(property, bounds);
      await expectGoesOn();
    },
  );

  it('paths that name nothing, and odd encodings of them', async () => {
    const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS');
    const parts = fc.array(oddPart, { minLength: 1, maxLength: 5 });
    const property = fc.asyncProperty(methods, parts, fc.boolean(), async (method, names, inApp) => {
      const path = `/v1/${inApp ? `apps/${fly.app}/` : ''}${names.join('/')}`;
      if (method === 'HEAD') expect((await rawCall(fly.url, { method, path })).status).not.toBe(500);
      else await expectGraceful({ method, path });
    });
    await fc.assert(property, bounds);
    await expectGoesOn();
  });

  it('unknown ids, with every call that takes one', async () => {
    const ids = fc.oneof(fc.stringMatching(/^[0-9a-f]{14}$/), oddPart);
    const calls = fc.constantFrom('GET', 'POST', 'DELETE');
    const property = fc.asyncProperty(calls, ids, fc.constantFrom(...tails), (method, id, tail) =>
      expectGraceful({ method, path: `/v1/apps/${fly.app}/machines/${id}${tail}` }),
    );
    await fc.assert(property, bounds);
    await expectGoesOn();
  });

  it('queries that say nothing sensible', async () => {
    const paths = fc.constantFrom('/machines', `/machines/${machine}`, `/machines/${machine}/events`, '/volumes');
    const property = fc.asyncProperty(paths, oddQuery, (path, query) =>
      expectGraceful({ method: 'GET', path: `/v1/apps/${fly.app}${path}?${query}` }),
    );
    await fc.assert(property, bounds);
    await expectGoesOn();
  });

  it('waits with odd queries', async () => {
    const query = oddQuery.filter((text) => text.startsWith('timeout') || text.startsWith('state='));
    const property = fc.asyncProperty(query, (text) =>
      expectGraceful({
        method: 'GET',
        path: `/v1/apps/${fly.app}/machines/${machine}/wait?state=created&timeout=1&${text}`,
      }),
    );
    await fc.assert(property, bounds);
    await expectGoesOn();
  });

  it('tokens that nobody gave out', async () => {
    const property = fc.asyncProperty(oddToken, async (authorization) => {
      const path = `/v1/apps/${fly.app}/machines`;
      expect(await rawCall(fly.url, { method: 'GET', path, headers: { authorization } })).toMatchObject({
        status: 401,
      });
    });
    await fc.assert(property, bounds);
    await expectGoesOn();
  });

  it('a query that is longer than any HTTP server reads', async () => {
    const path = `/v1/apps/${fly.app}/machines?state=${'x'.repeat(100_000)}`;
    const reply = await rawCall(fly.url, { method: 'GET', path, headers: { authorization: `Bearer ${fly.token}` } });
    expect(reply.status).toBe(431);
    await expectGoesOn();
  });

  it('a body of more than it reads', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) });
    const { status } = await rawCall(fly.url, {
      method: 'POST',
      path: `/v1/apps/${fly.app}/machines`,
      headers: { authorization: `Bearer ${fly.token}` },
      body,
    });
    expect(status).toBe(413);
    await expectGoesOn();
  });
});
