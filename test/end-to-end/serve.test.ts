import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningValet, valet } from '../support/cli.js';
import { readExposition, sampleOf } from '../support/exposition.js';
import { ask, type LocalPlatform, runningPlatform } from '../support/running-platform.js';

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await runningPlatform({ WARM_POOL_SIZE: '0' }, 1);
});

afterAll(async () => {
  await platform.stop();
});

/** Logs of a `valet serve` that ran to its end, one object per line. */
function linesOf(said: string): { readonly msg: string; readonly level: string; readonly port?: number }[] {
  return said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function startServe(): Promise<{ readonly serve: RunningValet; readonly url: string }> {
  const own = { CONTROL_PLANE_HOST: '127.0.0.1', VALET_INSTANCE: 'one-more', LOG_LEVEL: 'info' };
  const serve = await RunningValet.start(['serve', '--port', '0', '--private-port', '0'], { ...platform.env, ...own });
  await serve.says('"msg":"ready"');
  const ready = linesOf(serve.said).find(({ msg }) => msg === 'ready');
  return { serve, url: `http://127.0.0.1:${ready?.port}` };
}

function databaseUrl(change: (url: URL) => void): Record<string, string> {
  const url = new URL(platform.env.DATABASE_URL ?? '');
  change(url);
  return { DATABASE_URL: url.href };
}

test.each([
  ['a database that is not there', () => databaseUrl((url) => (url.port = '1')), 69, 'database_unavailable'],
  ['a database without tables', () => databaseUrl((url) => (url.pathname = '/postgres')), 78, 'database_not_migrated'],
  ["another environment's database", () => ({ VALET_ENVIRONMENT: 'another' }), 78, 'environment_mismatch'],
  ['a taken port', () => ({ CONTROL_PLANE_PORT: String(platform.instances[0]?.port) }), 1, 'port_in_use'],
  [
    'a taken private port',
    () => ({ CONTROL_PLANE_PRIVATE_PORT: String(platform.instances[0]?.port) }),
    1,
    'port_in_use',
  ],
] as const)(
  'serve with %s ends with one message, what to do, and its exit code',
  async (_what, wrong, exitCode, code) => {
    const free = { CONTROL_PLANE_HOST: '127.0.0.1', CONTROL_PLANE_PORT: '0', CONTROL_PLANE_PRIVATE_PORT: '0' };
    const ran = await valet(['serve'], { ...platform.env, ...free, LOG_LEVEL: 'error', ...wrong() });
    expect(ran).toMatchObject({ exitCode, stdout: '' });
    expect(ran.stderr).toMatch(new RegExp(`^Error: .+\\n(.+\\n)+Code: ${code}$`));
  },
);

test('G12: the private port shows what the control plane did, and no secret', async () => {
  const headers = { 'content-type': 'application/json' };
  const created = await ask(platform, '/api/projects', { method: 'POST', headers, body: '{"id":"counted"}' });
  expect(created.status).toBe(201);
  const text = await (await fetch(`http://127.0.0.1:${platform.instances[0]?.privatePort}/metrics`)).text();
  const families = readExposition(text);
  const region = platform.env.VALET_FLY_REGION ?? 'sjc';
  expect(sampleOf(families, 'valet_claims_total', { outcome: 'miss', region })).toBeGreaterThan(0);
  expect(sampleOf(families, 'valet_fly_calls_total', { call: 'createMachine', status: '2xx' })).toBeGreaterThan(0);
  expect(sampleOf(families, 'valet_task_runs_total', { task: 'prune', outcome: 'idle' })).toBeGreaterThan(0);
  expect(families.get('process_resident_memory_bytes')?.samples).toHaveLength(1);
  const names = ['CONTROL_PLANE_SECRET', 'VALET_FLY_TOKEN', 'R2_SECRET_ACCESS_KEY', 'DATABASE_URL'];
  const secrets = names.flatMap((name) => platform.env[name] ?? []);
  expect(secrets.length).toBeGreaterThan(2);
  expect([...secrets, 'counted'].filter((secret) => text.includes(secret))).toEqual([]);
});

test('SIGTERM amid held requests: all are answered, then it ends with 0 and nothing open', async () => {
  const headers = { 'content-type': 'application/json' };
  const created = await ask(platform, '/api/projects', { method: 'POST', headers, body: '{"id":"held"}' });
  expect(created.status).toBe(201);
  expect((await ask(platform, '/api/projects/held/archive', { method: 'POST' })).status).toBe(200);

  const { serve, url } = await startServe();
  await using _serve = serve;
  platform.fly.faults.add({ call: 'create_machine', kind: 'delay', ms: 1_500, times: 1 });
  const held = Array.from({ length: 20 }, () => fetch(`${url}/projects/held/kv/name`));
  const state = async () => (await (await ask(platform, '/api/projects/held')).json()) as unknown;
  await expect.poll(state, { interval: 20 }).toMatchObject({ state: 'waking' });
  // Taken in after those, so those are under way once it is answered.
  for (let asked = 0; asked < 3; asked++) expect((await fetch(`${url}/health`)).status).toBe(200);
  serve.signalGroup('SIGTERM');

  for (const answer of await Promise.all(held)) expect(answer.headers.get('fly-replay')).toMatch(/^instance=/);
  expect(await serve.exited).toMatchObject({ exitCode: 0 });
  const lines = linesOf(serve.said);
  expect(lines.find((line) => 'in_flight' in line)).toMatchObject({ msg: 'stopping', in_flight: held.length });
  expect(lines.at(-1)).toMatchObject({ msg: 'stopped', level: 'info' });
  expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test('serve that ran its background work ends within a second of SIGINT, with nothing left open', async () => {
  const { serve } = await startServe();
  await using _serve = serve;
  const began = performance.now();
  serve.signalGroup('SIGINT');
  expect(await serve.exited).toMatchObject({ exitCode: 0 });
  // Less than the grace after which what is left open would be given up.
  expect(performance.now() - began).toBeLessThan(1_900);
  expect(serve.said).not.toContain('left open');
});
