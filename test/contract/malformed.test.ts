import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenBodies, type Json } from '../support/contract/broken.js';
import { judge } from '../support/contract/judge.js';
import { type RawCall, rawCall } from '../support/contract/raw-call.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../support/fly-emulator.js';
import { createdMachine, newVolume } from '../support/fly-machines.js';

/** Runs are bounded in number and in time; a failure prints its seed. */
const bounds = { numRuns: 60, interruptAfterTimeLimit: 2_000 };

const service = {
  protocol: 'tcp',
  internal_port: 80,
  autostop: 'suspend',
  autostart: true,
  min_machines_running: 0,
  ports: [{ port: 80, handlers: ['http'], force_https: false }],
  concurrency: { type: 'requests', soft_limit: 1, hard_limit: 2 },
  checks: [{ type: 'http', port: 80, interval: '15s', timeout: '2s', grace_period: '1s', path: '/', method: 'GET' }],
};
const launch: Json = {
  name: 'broken',
  region: 'sjc',
  skip_launch: true,
  skip_service_registration: false,
  lease_ttl: 1,
  config: {
    image: 'nginx:alpine',
    env: { A: '1' },
    guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
    init: { cmd: ['a'], swap_size_mb: 0, tty: false },
    services: [service],
    checks: { up: { type: 'tcp', port: 80, interval: '15s', timeout: '2s' } },
    restart: { policy: 'on-failure', max_retries: 3 },
    metadata: { a: '1' },
    stop_config: { signal: 'SIGTERM', timeout: '5s' },
    files: [{ guest_path: '/a', raw_value: 'YQ==' }],
    auto_destroy: false,
  },
};

/** Calls with a body, and a body that each accepts. */
const bodies: readonly [method: string, path: string, good: Json][] = [
  ['POST', '/machines', launch],
  ['POST', '/machines/:id', launch],
  ['POST', '/machines/:id/stop', { signal: 'SIGINT', timeout: '1s' }],
  ['POST', '/machines/:id/signal', { signal: 'SIGUSR1' }],
  ['POST', '/machines/:id/lease', { ttl: 1, description: 'test' }],
  ['POST', '/machines/:id/exec', { command: ['true'], timeout: 1, stdin: '' }],
  ['PATCH', '/machines/:id/metadata', { metadata: { a: '1', b: null }, machine_version: 'x' }],
  ['POST', '/machines/:id/metadata/a', { value: '1' }],
  ['PUT', '/machines/:id/memory', { limit_mb: 512 }],
  [
    'POST',
    '/volumes',
    { name: 'broken', region: 'sjc', size_gb: 1, encrypted: true, snapshot_retention: 5, fstype: 'ext4' },
  ],
  ['PUT', '/volumes/:volume', { snapshot_retention: 5, auto_backup_enabled: true }],
  ['PUT', '/volumes/:volume/extend', { size_gb: 4 }],
  ['POST', '/secrets', { values: { A: '1', B: null } }],
  ['POST', '/ip_assignments', { type: 'private_v6', network: 'default', region: 'sjc' }],
  ['POST', '/deploy_token', { expiry: '1h' }],
];

const oddPart = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    '%2e%2e',
    '%00',
    '%zz',
    '%',
    '%c0%af',
    '*',
    'a b'.replace(' ', '+'),
    '%2Fv1',
    '~',
    "'",
    '{}',
  ),
  fc.stringMatching(/^[!-~]{1,12}$/).filter((text) => !/[?#\\]/.test(text)),
  fc.constant('x'.repeat(1_000)),
);
const oddQuery = fc.oneof(
  fc.constantFrom('timeout=-1', 'timeout=1e9', 'timeout=%00', 'timeout=', 'state=&state=%zz', 'limit=-1', 'limit=1e99'),
  fc.constantFrom(
    'force=maybe',
    'summary=2',
    'include_deleted=%ff',
    '&&&===',
    'metadata.=&metadata.__proto__=1',
    'region=',
  ),
  fc.constantFrom('x', 'state=started,').map((text) => text.repeat(500)),
  fc.stringMatching(/^[!-~]{0,30}$/).filter((text) => !/[#\\]/.test(text)),
);
const oddToken = fc.oneof(
  fc.constantFrom(
    '',
    'Bearer',
    'Bearer ',
    'Basic dGVzdA==',
    'FlyV1',
    'FlyV1 ,,,',
    'bearer test-fly-token',
    'Bearer test-fly-token-',
  ),
  fc.stringMatching(/^[ -~]{0,60}$/),
);
const tails = [
  '',
  '/start',
  '/stop',
  '/wait',
  '/events',
  '/lease',
  '/metadata',
  '/metadata/a',
  '/versions',
  '/ps',
  '/memory',
];

describe('whatever is sent, the emulated Fly refuses it as documented and goes on', () => {
  let fly: TestFlyEmulator;
  let machine: string;
  let volume: string;

  beforeAll(async () => {
    fly = await withFlyEmulator();
    machine = (await createdMachine(fly, {}, { skip_launch: true })).id;
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
      const at = `/v1/apps/${fly.app}${path.replace(':id', machine).replace(':volume', volume)}`;
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
