import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import DoctorCommand from '../../src/commands/doctor.js';
import { valet } from '../support/cli.js';
import { runCommand } from '../support/commands.js';
import { testDatabase } from '../support/database.js';
import { type LocalPlatform, runningPlatform } from '../support/running-platform.js';
import { closedPort } from '../support/scripted-server.js';

const pinned = `valet/project-server@sha256:${'a'.repeat(64)}`;
const startTimeoutMs = 90_000;
let platform: LocalPlatform;

beforeAll(async () => {
  platform = await runningPlatform({ VALET_FLY_IMAGE: pinned }, 1);
  // Until a member of the pool has been seen started there is nobody to ask in the private network.
  const isWell = async () => expect((await diagnose()).counts).toEqual(allWell);
  await vi.waitFor(isWell, { timeout: startTimeoutMs, interval: 500 });
}, startTimeoutMs * 2);
afterAll(() => platform.stop());

const allWell = { ok: 27, warning: 0, failure: 0, skipped: 0 };

interface Told {
  readonly healthy: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly checks: readonly { readonly name: string; readonly verdict: string; readonly mend: string | null }[];
}

/** The version that runs there is that of the built program; in this process it is that of the tests. */
const sameVersion = { name: 'server', verdict: 'ok' };

async function diagnose(change: Readonly<Record<string, string>> = {}, env = platform.env): Promise<Told> {
  const { stdout, exitCode } = await runCommand(DoctorCommand, ['--json'], { env: { ...env, ...change } });
  const told: Told = JSON.parse(stdout);
  expect(exitCode).toBe(told.healthy ? 0 : 7);
  for (const secret of [platform.secret, platform.fly.token, 'wrong-password']) expect(stdout).not.toContain(secret);
  const checks = told.checks.map((check) =>
    check.name === 'server' && check.verdict === 'warning' ? { ...check, ...sameVersion } : check,
  );
  const count = (name: string) => checks.filter(({ verdict }) => verdict === name).length;
  return {
    ...told,
    checks,
    counts: { ok: count('ok'), warning: count('warning'), failure: count('failure'), skipped: count('skipped') },
  };
}

/** All that is not well, by name: the verdict, and the mend of what failed. */
function troubles({ checks }: Told): Record<string, string> {
  return Object.fromEntries(
    checks.flatMap(({ name, verdict, mend }) => (verdict === 'ok' ? [] : [[name, `${verdict}: ${mend ?? ''}`]])),
  );
}

test('the built program finds nothing wrong with a running platform, and says so in 80 columns', async () => {
  const { stdout, stderr, exitCode } = await valet(['doctor', '--strict'], platform.env);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const steady = stdout
    .replaceAll(/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT')
    .replace(/(instances +)[\s\S]*?(?=\n {2}\w)/, '$1WHO AND WHICH TASKS')
    .replaceAll(/\d+\.\d s\./g, 'N s.')
    .replaceAll(/\d+ ms/g, 'N ms')
    .replaceAll(/PostgreSQL [\d.]+\./g, 'PostgreSQL N.')
    .replaceAll(/\b[0-9a-f]{14}\b/g, 'ID')
    .replaceAll(/\d+ of \d+ variables/g, 'N of N variables')
    .replaceAll(/in version \S+/g, 'in version N.')
    .replaceAll(/\(\d+\)/g, '(N)');
  await expect(steady).toMatchFileSnapshot('./doctor.golden.txt');
});

describe('what is broken is found, with what mends it', () => {
  test('a wrong password of the database; what does not need it goes on', async () => {
    const url = new URL(platform.env.DATABASE_URL ?? '');
    url.username = 'nobody';
    url.password = 'wrong-password';
    const found = troubles(await diagnose({ DATABASE_URL: url.href }));
    expect(found).toMatchObject({
      database: expect.stringMatching(/^failure: .*password in DATABASE_URL/),
      database_direct: expect.stringMatching(/^failure: /),
      migrations: 'skipped: ',
      environment: 'skipped: ',
    });
    expect(found).not.toHaveProperty('fly_app');
    expect(found).not.toHaveProperty('store_presigned');
  });

  test('a database that was not migrated; it stays as empty as it was', async () => {
    await using empty = await testDatabase({ empty: true });
    const found = troubles(await diagnose({ DATABASE_URL: empty.url }));
    expect(found).toMatchObject({
      migrations: 'failure: Run "valet db migrate".',
      database_rights: 'skipped: ',
      quarantine: 'skipped: ',
      high_water_mark: 'skipped: ',
    });
    expect(await empty.db.query(`select 1 from pg_tables where schemaname = 'public'`)).toEqual([]);
  });

  test('a new database is not bound by being looked at, and nobody is at work on it', async () => {
    await using fresh = await testDatabase();
    const found = troubles(await diagnose({ DATABASE_URL: fresh.url }));
    expect(found).toMatchObject({
      environment: expect.stringMatching(/^warning: Start "valet serve"/),
      instances: expect.stringMatching(/^warning: /),
      high_water_mark: 'skipped: ',
      private_network: 'skipped: ',
    });
    expect(await fresh.db.query('select 1 from installation')).toEqual([]);
  });

  test('another environment, and machines of the other one in its app', async () => {
    const found = troubles(await diagnose({ VALET_ENVIRONMENT: 'staging' }));
    expect(Object.keys(found)).toEqual(['environment', 'high_water_mark', 'other_environments']);
    expect(found.environment).toMatch(/^failure: Set VALET_ENVIRONMENT/);
    expect(found.other_environments).toMatch(/^warning: /);
  });

  test('an expired token', async () => {
    const found = troubles(await diagnose({ VALET_FLY_TOKEN: 'fm2_expired-token' }));
    expect(found).toMatchObject({
      fly_token: expect.stringMatching(/^failure: .*fly tokens create deploy/),
      fly_app: 'skipped: ',
      private_network: 'skipped: ',
      other_environments: 'skipped: ',
    });
  });

  test('an image by a tag is a warning, which counts with --strict', async () => {
    const env = { ...platform.env, VALET_FLY_IMAGE: 'valet/project-server:local', VALET_URL: '' };
    expect(troubles(await diagnose({}, env))).toMatchObject({
      fly_image: expect.stringMatching(/^warning: .*@sha256:/),
    });
    expect(await runCommand(DoctorCommand, ['--strict', '--json'], { env })).toMatchObject({ exitCode: 7 });
  });

  test('a missing bucket, and a wrong secret for it', async () => {
    expect(troubles(await diagnose({ R2_BUCKET: 'not-there' }))).toMatchObject({
      store: expect.stringMatching(/^failure: Create bucket not-there/),
      store_presigned: 'skipped: ',
    });
    expect(troubles(await diagnose({ R2_SECRET_ACCESS_KEY: 'not-the-secret' }))).toMatchObject({
      store: expect.stringMatching(/^failure: Set R2_SECRET_ACCESS_KEY/),
    });
  });

  test('a secret that valet serve does not accept, over HTTP alone; what cannot be asked there is skipped', async () => {
    const env = { VALET_URL: platform.publicUrl, CONTROL_PLANE_SECRET: 'not-the-secret-of-it' };
    const told = await diagnose({}, env);
    expect(told.counts).toEqual({ ok: 2, warning: 0, failure: 1, skipped: 24 });
    expect(troubles(told).server_secret).toMatch(/^failure: Set CONTROL_PLANE_SECRET/);
    const right = await diagnose({ CONTROL_PLANE_SECRET: platform.secret }, env);
    expect(right.counts).toEqual({ ok: 4, warning: 0, failure: 0, skipped: 23 });
  });

  test('a network that is away: each says so, and nothing is waited for', async () => {
    const nowhere = `127.0.0.1:${await closedPort()}`;
    const found = troubles(
      await diagnose({
        DATABASE_URL: `postgres://valet:wrong-password@${nowhere}/valet`,
        VALET_FLY_API_URL: `http://${nowhere}`,
        R2_ENDPOINT: `http://${nowhere}`,
        VALET_URL: `http://${nowhere}`,
      }),
    );
    expect(found).toMatchObject({
      database: expect.stringMatching(/^failure: /),
      server: expect.stringMatching(/^failure: /),
      fly_api: expect.stringMatching(/^failure: /),
      store: expect.stringMatching(/^failure: Check R2_ENDPOINT/),
      private_network: 'skipped: ',
    });
  });

  test('wrong settings hide nothing else', async () => {
    const found = troubles(await diagnose({ R2_BUCKET: 'B', WARM_POOL_SIZ: '3' }));
    expect(Object.keys(found)).toEqual(['configuration', 'store', 'store_presigned', 'high_water_mark']);
  });
});
