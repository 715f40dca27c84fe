import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { page, root } from '../support/documents.js';
import { ask, type LocalPlatform, runningPlatform } from '../support/running-platform.js';
import { ask as askHttp } from '../support/server.js';

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await runningPlatform({ WARM_POOL_SIZE: '1', ROUTER_DOMAIN: 'valet.test' }, 1);
  for (const id of ['demo', 'other']) {
    const headers = { 'content-type': 'application/json' };
    const made = await ask(platform, '/api/projects', { method: 'POST', headers, body: JSON.stringify({ id }) });
    expect(made.status).toBe(201);
  }
});

afterAll(() => platform?.stop());

function example(name: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  return execa(process.execPath, [join('examples', name, 'main.ts'), ...args], { cwd: root, env, reject: false });
}

test('a sweep by a program tells each project and ends with 0; one that cannot run ends with 69', async () => {
  const client = { VALET_URL: platform.publicUrl, CONTROL_PLANE_SECRET: platform.secret };
  const swept = await example('sweep', { ...client, OLDER_THAN_DAYS: '0' });
  expect(swept, swept.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  expect(swept.stdout).toMatch(
    /^2 to archive\n(?:(?:demo|other) archived after [\d.]+ s\n){2}2 archived, 0 left alone$/,
  );
  const refused = await example('sweep', { ...client, CONTROL_PLANE_SECRET: 'wrong-secret-of-the-example' });
  expect(refused).toMatchObject({ exitCode: 69, stdout: '', stderr: expect.stringContaining('(unauthorized)') });
});

test('a program with the control plane inside lists, explains and wakes', async () => {
  const { stdout, stderr, exitCode } = await example('embed', platform.env, 'demo');
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/^demo is dormant in \w{3}\nother is dormant in \w{3}\n/);
  expect(stdout).toMatch(/\n- .+\n[\s\S]*\ndemo is active at http:\/\/\S+$/);
  const unknown = await example('embed', platform.env, 'nobody');
  expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(project_not_found)') });
});

test('requests are routed inside of another server, which wakes what sleeps', async () => {
  const running = example('route', platform.env);
  const [line] = await once(running.stdout, 'data');
  const { port } = JSON.parse(String(line));
  const header = /^instance=\w+;app=\S+;timeout=10s;fallback=prefer_self$/;
  const asked = (host: string, headers = {}) => askHttp(port, { host, headers });
  expect((await asked('other.valet.test')).headers['fly-replay']).toMatch(header);
  expect((await asked('OTHER.valet.test:8080')).headers['fly-replay']).toMatch(header);
  expect((await asked('other.valet.test', { 'fly-replay-failed': 'timeout' })).status).toBe(503);
  expect(await asked('nobody.valet.test')).toMatchObject({ status: 404 });
  expect(await asked('localhost')).toMatchObject({ status: 200, text: 'This is the rest of the program.\n' });
  running.kill('SIGTERM');
  expect((await running).exitCode).toBe(0);
});

test('the README of the examples names each of them, and what they need', () => {
  const { text } = page('examples/README.md');
  for (const name of ['embed', 'sweep', 'route']) {
    expect(text).toContain(`node examples/${name}/main.ts`);
    expect(page(`examples/${name}/main.ts`).text).toContain("from 'valet';");
  }
});
