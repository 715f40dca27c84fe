import { expect, test } from 'vitest';
import { readClientConfig, readConfig, readDirectUrl } from '../../../src/sdk/config.js';
import { ValetError } from '../../../src/sdk/errors.js';
import { leastEnv } from '../../support/config.js';

function faultsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ValetError) || error.code !== 'config_invalid') throw error;
    const faults = error.details?.faults;
    if (!Array.isArray(faults)) throw error;
    for (const { problem } of faults) expect(error.message).toContain(`\n  ${problem}`);
    return faults.map((fault) => fault.problem);
  }
  return [];
}

test('what is not set has the documented default', () => {
  const config = readConfig(leastEnv);
  expect(config.core).toMatchObject({ port: 7000, privatePort: 7001, host: '0.0.0.0', environment: 'valet-machines' });
  expect(config.core).toMatchObject({ publicUrl: 'http://localhost:7000', trustFlyProxy: false, corsOrigins: [] });
  expect(config.fly).toMatchObject({ region: 'sjc', vmSize: 'shared-cpu-1x', memoryMb: 256, volumeGb: 1 });
  expect(config.fly.machineUrl).toBe('http://{machine_id}.vm.{app}.internal:3000');
  expect(config.pool).toEqual({
    targets: [{ region: 'sjc', target: 2 }],
    replenishIntervalSecs: 30,
    standby: 'started',
  });
  expect(config.r2).toMatchObject({ bucket: 'valet-dormant', machineR2: false });
  expect(config.dormancy).toEqual({ thresholdDays: 7, volumeKeepHours: 48, archivesKept: 3, deletedArchiveDays: 30 });
  expect(config.routing).toEqual({
    domain: undefined,
    wakeTimeoutSecs: 30,
    replayTimeoutSecs: 10,
    cacheEntries: 200_000,
    observers: 'none',
  });
});

test('the object and all it holds are frozen', () => {
  const config = readConfig(leastEnv);
  for (const part of [
    config,
    ...Object.values(config),
    config.core.secrets,
    config.core.secrets[0],
    config.core.corsOrigins,
  ]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test.each([
  ['3', [{ region: 'fra', target: 3 }]],
  [
    'sjc=2,fra=1',
    [
      { region: 'sjc', target: 2 },
      { region: 'fra', target: 1 },
    ],
  ],
] as const)('WARM_POOL_SIZE=%s names its regions, or means VALET_FLY_REGION', (size, targets) => {
  expect(readConfig({ ...leastEnv, VALET_FLY_REGION: 'fra', WARM_POOL_SIZE: size }).pool.targets).toEqual(targets);
});

test.each(['sjc=1,sjc=2', 'sjc', '=1', 'sjc=99,fra=2', 'sanjose=1', '101'])('WARM_POOL_SIZE=%s is refused', (size) => {
  expect(() => readConfig({ ...leastEnv, WARM_POOL_SIZE: size })).toThrow('WARM_POOL_SIZE');
});

test('all faults are reported together, each with its variable and its rule', () => {
  const { DATABASE_URL: _, ...env } = leastEnv;
  const faults = faultsOf(() =>
    readConfig({ ...env, WARM_POOL_SIZE: 'two', VALET_FLY_VM_MEMORY_MB: '300', ROUTER_DOMAIN: '*.x' }),
  );
  expect(faults).toEqual([
    'DATABASE_URL is not set; it must be a postgres:// or postgresql:// URL.',
    'VALET_FLY_VM_MEMORY_MB is "300"; it must be a multiple of 256 from 256 to 2048 (megabytes).',
    'WARM_POOL_SIZE is "two"; it must be a whole number of machines from 0 to 100, or one per region such as sjc=2,fra=1.',
    'ROUTER_DOMAIN is "*.x"; it must be a host name such as example.com, without scheme, port or wildcard.',
  ]);
});

test.each(['https://valet.example.com', 'https://a.b.EXAMPLE.com.:8443/x'])(
  'VALET_PUBLIC_URL=%s is refused below ROUTER_DOMAIN, where it would be a project’s',
  (url) => {
    const env = { ...leastEnv, ROUTER_DOMAIN: 'Example.com', VALET_PUBLIC_URL: url };
    const [problem, ...others] = faultsOf(() => readConfig(env));
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^VALET_PUBLIC_URL is at .*example\.com, below ROUTER_DOMAIN, .*it must be example\.com itself/,
    );
  },
);

test.each(['https://example.com', 'https://valet-example.com', 'https://example.org', 'http://[::1]:7000'])(
  'VALET_PUBLIC_URL=%s is fine beside ROUTER_DOMAIN=example.com',
  (url) => {
    expect(readConfig({ ...leastEnv, ROUTER_DOMAIN: 'example.com', VALET_PUBLIC_URL: url }).core.publicUrl).toBe(url);
  },
);

test('an empty environment names everything that is required, and nothing else', () => {
  const missing = faultsOf(() => readConfig({})).map((problem) => problem.split(' ')[0]);
  expect(missing.sort()).toEqual(Object.keys(leastEnv).sort());
});

test('an empty variable counts as not set', () => {
  expect(readConfig({ ...leastEnv, CONTROL_PLANE_PORT: ' ' }).core.port).toBe(7000);
});

test.each([
  ['CONTROL_PLANE_PORT', '70000'],
  ['CONTROL_PLANE_PORT', '1e3'],
  ['CONTROL_PLANE_SECRET', 'a-long-enough-secret,short'],
  ['VALET_SEAL_KEYS', Buffer.alloc(31).toString('base64')],
  ['DATABASE_URL', 'mysql://localhost/valet'],
  ['VALET_TRUST_FLY_PROXY', 'yes'],
  ['VALET_MACHINE_URL', 'http://machines.internal:3000'],
  ['VALET_FLY_REGION', 'Frankfurt'],
  ['WARM_POOL_STANDBY', 'stopped'],
  ['DORMANCY_THRESHOLD_DAYS', '0'],
  ['CORS_ORIGINS', 'https://app.example.com/path'],
  ['VALET_PUBLIC_URL', 'https://user:pass@example.com'],
])('%s refuses %j', (variable, value) => {
  const faults = faultsOf(() => readConfig({ ...leastEnv, [variable]: value }));
  expect(faults).toEqual([expect.stringMatching(new RegExp(`^${variable} .*; it must be `))]);
});

test.each([
  ['CONTROL_PLANE_SECRET', 'hunter2'],
  ['DATABASE_URL', 'mysql://valet:hunter2@localhost/valet'],
  ['VALET_PUBLIC_URL', 'https://user:hunter2@example.com'],
])('G12: a fault of %s does not repeat a secret', (variable, value) => {
  const faults = faultsOf(() => readConfig({ ...leastEnv, [variable]: value }));
  expect(faults).toHaveLength(1);
  expect(faults.join()).not.toContain('hunter2');
});

test('G12: the whole object can be logged without giving a secret away', () => {
  const printed = JSON.stringify(readConfig(leastEnv));
  for (const part of ['hunter2', 'operator-secret', 'fm2_token', 'r2-secret-key']) expect(printed).not.toContain(part);
});

test('port 0 is allowed for both ports, the same other port is not', () => {
  const config = readConfig({ ...leastEnv, CONTROL_PLANE_PORT: '0', CONTROL_PLANE_PRIVATE_PORT: '0' });
  expect(config.core).toMatchObject({ port: 0, privatePort: 0 });
  expect(faultsOf(() => readConfig({ ...leastEnv, CONTROL_PLANE_PORT: '7001' }))).toEqual([
    'CONTROL_PLANE_PRIVATE_PORT is 7001, as is CONTROL_PLANE_PORT; it must be another port.',
  ]);
});

test('secrets rotate: all are kept, in order, and the internal ones and the seal keys follow them', () => {
  const one = readConfig(leastEnv).core;
  const two = readConfig({ ...leastEnv, CONTROL_PLANE_SECRET: 'operator-secret-0002, operator-secret-0001' }).core;
  expect(two.secrets.map((secret) => secret.reveal())).toEqual(['operator-secret-0002', 'operator-secret-0001']);
  expect(two.internalSecrets).toEqual(two.secrets);
  const keys = two.sealKeys.map((key) => key.reveal());
  expect(keys[1]).toBe(one.sealKeys[0]?.reveal());
  expect(keys.map((key) => Buffer.from(key, 'base64').length)).toEqual([32, 32]);
  expect(keys[0]).not.toBe(keys[1]);
});

test('a derived seal key never changes, or deploy keys could no longer be opened', () => {
  const [key] = readConfig(leastEnv).core.sealKeys;
  expect(key?.reveal()).toBe('yVXsqA9O8x/cdhMnKytqd9x/kApdC3iDDMEyx9HF0qo=');
});

test('what Fly tells a machine becomes the default on Fly', () => {
  const onFly = readConfig({ ...leastEnv, FLY_MACHINE_ID: '9185e4d7dc14e8', FLY_APP_NAME: 'valet' }).core;
  expect(onFly).toMatchObject({ trustFlyProxy: true, instance: '9185e4d7dc14e8' });
  expect(readConfig({ ...leastEnv, FLY_APP_NAME: 'valet', VALET_TRUST_FLY_PROXY: 'false' }).core.trustFlyProxy).toBe(
    false,
  );
});

test('two processes without a name never have the same one', () => {
  expect(readConfig(leastEnv).core.instance).not.toBe(readConfig(leastEnv).core.instance);
});

test('addresses are kept in one form: no slash at the end, the domain in lower case without its dot', () => {
  const config = readConfig({
    ...leastEnv,
    VALET_FLY_API_URL: 'http://127.0.0.1:4280/',
    ROUTER_DOMAIN: 'Valet.Example.com.',
  });
  expect(config.fly.apiUrl).toBe('http://127.0.0.1:4280');
  expect(config.routing.domain).toBe('valet.example.com');
  expect(config.core.publicUrl).toBe('https://valet.example.com');
});

test.each([
  ['WARM_POOL_SIZ', 'WARM_POOL_SIZE'],
  ['ROUTER_WAKE_TIMEOUT_SEC', 'ROUTER_WAKE_TIMEOUT_SECS'],
  ['CONTROL_PLANE_SECRETS', 'CONTROL_PLANE_SECRET'],
])('%s is taken for a mistyped %s', (typed, meant) => {
  const faults = faultsOf(() => readConfig({ ...leastEnv, [typed]: '3' }));
  expect(faults).toEqual([`${typed} is not a variable of Valet; did you mean ${meant}?`]);
});

test.each(['VALET_KEY', 'VALET_DEBUG', 'ROUTER_PASSWORD', 'DATABASE_URI', 'PATH'])('%s is left alone', (variable) => {
  expect(faultsOf(() => readConfig({ ...leastEnv, [variable]: '3' }))).toEqual([]);
});

test('migrations need only the address of the database, and prefer the direct one', () => {
  const { DATABASE_URL } = leastEnv;
  const DATABASE_DIRECT_URL = 'postgresql://direct/valet';
  expect(readDirectUrl({ DATABASE_URL }).reveal()).toBe(DATABASE_URL);
  expect(readDirectUrl({ DATABASE_URL, DATABASE_DIRECT_URL }).reveal()).toBe(DATABASE_DIRECT_URL);
  expect(readDirectUrl({ DATABASE_DIRECT_URL }).reveal()).toBe(DATABASE_DIRECT_URL);
  expect(faultsOf(() => readDirectUrl({}))).toEqual([
    'DATABASE_URL is not set; it must be a postgres:// or postgresql:// URL.',
  ]);
});

test('a client needs an address, and sends the first secret', () => {
  const config = readClientConfig({
    VALET_URL: 'https://v.example.com/',
    CONTROL_PLANE_SECRET: `${'n'.repeat(16)},${'o'.repeat(16)}`,
  });
  expect(config.url).toBe('https://v.example.com');
  expect(config.secret?.reveal()).toBe('n'.repeat(16));
  expect(readClientConfig({ VALET_URL: 'http://localhost:7000' }).secret).toBeUndefined();
});
