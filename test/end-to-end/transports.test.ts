import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { overviewSchema } from '../../src/sdk/resources.js';
import { linesOn, runLine } from '../support/command-line.js';
import { ask, type LocalPlatform, runningPlatform } from '../support/running-platform.js';

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await runningPlatform({ WARM_POOL_SIZE: '2', WARM_POOL_REPLENISH_INTERVAL_SECS: '3600' }, 1);
  for (const id of ['demo', 'other']) {
    const headers = { 'content-type': 'application/json' };
    const made = await ask(platform, '/api/projects', { method: 'POST', headers, body: JSON.stringify({ id }) });
    expect(made.status).toBe(201);
  }
  // Filled by its own loop: what is compared below must stand still.
  await vi.waitFor(
    async () => expect(await (await ask(platform, '/api/pool')).json()).toMatchObject({ shortfall: 0 }),
    {
      timeout: 30_000,
    },
  );
});

afterAll(async () => {
  await platform.stop();
});

/** Moments, absolute and as seen from now, with the spaces that make up for their width. */
function timeless(text: string): string {
  return (
    text
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/(\d+ (s|min|h|d)( ago)?|\bnow\b) */g, 'AGE ')
      .replaceAll(/"idle_secs": [\d.]+/g, '"idle_secs": 0')
      // What happened at the same time is told it once.
      .replaceAll(/^(?:AGE)? +/gm, '')
  );
}

/** And what makes two projects two. */
function nameless(text: string): string {
  return timeless(text)
    .replaceAll(/\b(first|second)\b/g, 'ID')
    .replaceAll(/\b[0-9a-f]{14}\b/g, 'MACHINE')
    .replaceAll(/vdk_[\w-]+/g, 'KEY')
    .replaceAll(/[0-9a-f]{64}/g, 'SHA256')
    .replaceAll(/(\d{16}-)?[0-9a-f]{16}/g, 'ARCHIVE')
    .replaceAll(/("?epoch"?): +\d+/g, '$1: 0');
}

async function bothWays(...args: readonly string[]) {
  const { directly, overHttp } = linesOn(platform);
  return Promise.all([directly(...args), overHttp(...args)]);
}

test.each([
  ['projects list'],
  ['projects get demo'],
  ['pool status'],
  ['machines list'],
  ['sweep plan --older-than 52w'],
  ['route demo.localhost'],
  ['projects events demo'],
  ['explain demo'],
  ['archives list demo'],
  ['orphans list'],
  ['projects delete demo --dry-run'],
  ['pool drain --dry-run'],
])('%s says the same directly and over HTTP, to people and to programs', async (line) => {
  const args = line.split(' ');
  const [[direct, http], [directJson, httpJson]] = await Promise.all([bothWays(...args), bothWays(...args, '--json')]);
  expect(direct.exitCode, direct.stderr).toBe(0);
  expect(timeless(direct.stdout)).toBe(timeless(http.stdout));
  expect(timeless(direct.stderr)).toBe(timeless(http.stderr));
  expect(http.exitCode).toBe(0);
  expect(JSON.parse(timeless(directJson.stdout))).toEqual(JSON.parse(timeless(httpJson.stdout)));
});

test('watch tells the same directly and over HTTP, but for the loops of the instance that was asked', async () => {
  const [direct, http] = await bothWays('watch', '--json');
  expect(direct.exitCode, direct.stderr).toBe(0);
  const [told, toldByServer] = [direct, http].map(({ stdout }) => overviewSchema.parse(JSON.parse(stdout)));
  expect(told?.projects?.by_state).toMatchObject({ active: 2, dormant: 0 });
  expect(told?.pool).toMatchObject({ target: 2, ready: 2, shortfall: 0 });
  expect(told?.events.map(({ what }) => what)).toContain('activated');
  for (const part of ['environment', 'pool', 'wakes', 'quarantined'] as const) {
    expect(toldByServer?.[part]).toEqual(told?.[part]);
  }
  expect(toldByServer?.projects?.by_state).toEqual(told?.projects?.by_state);
  expect(told?.server).toBeNull();
  expect(toldByServer?.server?.loops.map(({ name }) => name)).toContain('sweep');
});

test.each([['pool replenish'], ['sweep run --older-than 52w']])(
  '%s with nothing to do says so both ways',
  async (line) => {
    const { directly, overHttp } = linesOn(platform);
    for (const args of [line.split(' '), [...line.split(' '), '--json']]) {
      // One after the other: each is done by one at a time, and a second is told so.
      const direct = await directly(...args);
      expect(direct.exitCode, direct.stderr).toBe(0);
      expect(await overHttp(...args)).toEqual(direct);
    }
  },
);

test('create, archive and wake do and say the same directly and over HTTP', async () => {
  const { directly, overHttp } = linesOn(platform);
  for (const action of ['create', 'archive', 'wake']) {
    const [direct, http] = await Promise.all([
      directly('projects', action, 'first', '--json'),
      overHttp('projects', action, 'second', '--json'),
    ]);
    expect(direct, direct.stderr).toMatchObject({ exitCode: 0, stderr: '' });
    expect(http, http.stderr).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(nameless(http.stdout))).toEqual(JSON.parse(nameless(direct.stdout)));
  }
  const [direct, http] = await Promise.all([
    directly('projects', 'get', 'first'),
    overHttp('projects', 'get', 'second'),
  ]);
  expect(nameless(direct.stdout)).toContain('state:       active');
  expect(nameless(http.stdout)).toBe(nameless(direct.stdout));
});

test.each([
  ['projects hold demo --for 2h', 'hold_until'],
  ['projects hold demo --release', 'hold_until'],
  ['pool pause', '"mode": "paused"'],
  ['pool resume', '"mode": "filling"'],
])('%s does and says the same directly and over HTTP, as often as it is asked', async (line, shown) => {
  const { directly, overHttp } = linesOn(platform);
  for (const args of [line.split(' '), [...line.split(' '), '--json']]) {
    const direct = await directly(...args);
    expect(direct.exitCode, direct.stderr).toBe(0);
    const http = await overHttp(...args);
    expect(http).toMatchObject({ exitCode: 0, stderr: direct.stderr });
    if (args.includes('--json')) {
      expect(direct.stdout).toContain(shown);
      expect(JSON.parse(timeless(http.stdout))).toEqual(JSON.parse(timeless(direct.stdout)));
    } else expect(timeless(http.stdout)).toBe(timeless(direct.stdout));
  }
});

test('an archive is listed, proven and read alike directly and over HTTP', async () => {
  const { directly, overHttp } = linesOn(platform);
  const [listed, listedOverHttp] = await bothWays('archives', 'list', 'first', '--json');
  expect(JSON.parse(listedOverHttp.stdout)).toEqual(JSON.parse(listed.stdout));
  const [archive] = JSON.parse(listed.stdout).archives;
  const [proof, proofOverHttp] = await bothWays('archives', 'verify', archive.id, '--json');
  expect(JSON.parse(proof.stdout)).toMatchObject({ proofs: [{ proven: true, sha256: archive.r2_checksum }] });
  expect(JSON.parse(proofOverHttp.stdout)).toEqual(JSON.parse(proof.stdout));

  const [all, allOverHttp] = await bothWays('archives', 'verify', '--all', '--concurrency', '1', '--json');
  expect(JSON.parse(all.stdout)).toMatchObject({ proofs: [{ project_id: 'first' }, { project_id: 'second' }] });
  expect(JSON.parse(allOverHttp.stdout)).toEqual(JSON.parse(all.stdout));

  const dir = await mkdtemp(join(tmpdir(), 'valet-transports-'));
  try {
    for (const [name, ask] of Object.entries({ directly, overHttp })) {
      const path = join(dir, name);
      const { exitCode, stderr } = await ask('archives', 'get', archive.id, '--output', path);
      expect(exitCode, stderr).toBe(0);
      expect(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ).toBe(archive.r2_checksum);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test.each([
  ['an unknown id', 'projects get nobody', 3, 'project_not_found'],
  ['an invalid id', 'projects get Not_A_Label', 2, 'project_id_invalid'],
  ['a taken id', 'projects create demo', 4, 'project_id_taken'],
  ['an unknown archive', 'archives verify 0000000000000000', 3, 'not_found'],
  ['an undo of what is active', 'projects undo demo', 4, 'transition_refused'],
  ['a delete in another environment', 'projects delete demo --yes --environment nowhere', 78, 'environment_mismatch'],
  ['a restore over what is in use', 'projects restore demo', 4, 'transition_refused'],
])('%s is refused in the same words directly and over HTTP', async (_what, line, exitCode, code) => {
  const [direct, http] = await bothWays(...line.split(' '));
  expect(direct).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(`Code: ${code}`) });
  expect(http).toEqual(direct);
});

test('a wrong secret ends with 77, and so does none', async () => {
  const wrong = { VALET_URL: platform.publicUrl, CONTROL_PLANE_SECRET: 'x'.repeat(24) };
  for (const env of [wrong, { VALET_URL: platform.publicUrl }]) {
    const ran = await runLine(['projects', 'list'], env);
    expect(ran).toMatchObject({ exitCode: 77, stdout: '', stderr: expect.stringContaining('Code: unauthorized') });
  }
});

test('G12: config finds nothing wrong with the environment of the platform, and shows none of its secrets', async () => {
  const { exitCode, stdout, stderr } = await runLine(['config', '--json'], platform.env);
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout).faults).toEqual([]);
  for (const secret of [platform.secret, platform.fly.token, new URL(platform.env.DATABASE_URL ?? '').password])
    expect(stdout + stderr).not.toContain(secret);
});

test('db status has every migration applied', async () => {
  const { exitCode, stdout } = await runLine(['db', 'status', '--json'], platform.env);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ pending: [] });
  expect(JSON.parse(stdout).applied.length).toBeGreaterThan(0);
});
