import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkServer } from '../../../src/local/check-server/check-server.js';
import type { CheckServerOptions } from '../../../src/local/check-server/options.js';
import { freePort } from '../../../src/local/free-port.js';
import { root } from '../../support/documents.js';
import { useObjectStore } from '../../support/object-store.js';
import { internalSecret, makeDataDir, spawnProjectServer } from '../../support/project-server.js';

const example = join(root, 'examples/project-server/server.mjs');
const basic = join(root, 'test/support/fixtures/basic-server.mjs');

test('the project server of the local platform holds to all of the protocol, over a restart of its process too', async () => {
  const [port, listenPort] = [await freePort(), await freePort()];
  const env = { PORT: String(port), VALET_CONTROL_URL: `http://127.0.0.1:${listenPort}` };
  const listen = { host: '127.0.0.1', port: listenPort };
  const report = await checked(env, undefined, { writePath: '/kv/{n}', listen });
  expect(report.claims.filter(({ outcome }) => outcome !== 'holds').map(({ id }) => id)).toEqual(['restore.known']);
  expect(report).toMatchObject({ ok: true, server: 'full', counts: { does_not_hold: 0, not_checked: 1 } });
});

test('the server in examples/ holds to all that a server without WebSockets and reports can be asked', async () => {
  const report = await checked({ PORT: String(await freePort()) }, example, { writePath: '/{n}' });
  const left = ['activity.reports', 'archive.busy', 'restore.known'];
  expect(report.claims.filter(({ outcome }) => outcome === 'does_not_hold')).toEqual([]);
  expect(
    report.claims
      .filter(({ outcome }) => outcome === 'not_checked')
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(left);
});

test('a basic server passes as one: what it may leave out is not held against it', async () => {
  await using store = await useObjectStore();
  const { endpoint: R2_ENDPOINT, bucket: R2_BUCKET, accessKeyId, secretAccessKey } = store;
  const r2 = { R2_ENDPOINT, R2_BUCKET, R2_ACCESS_KEY_ID: accessKeyId, R2_SECRET_ACCESS_KEY: secretAccessKey };
  const report = await checkedBasic(r2);
  expect(report.claims.filter(({ outcome }) => outcome === 'does_not_hold')).toEqual([]);
  expect(report).toMatchObject({ ok: true, server: 'basic' });
  const held = report.claims.filter(({ outcome }) => outcome === 'holds').map(({ id }) => id);
  expect(held).toEqual(
    expect.arrayContaining(['configure.becomes', 'archive.answer', 'restore.known', 'paths.unknown']),
  );
});

async function checked(
  env: Readonly<Record<string, string>>,
  program: string | undefined,
  options: Partial<CheckServerOptions>,
) {
  await using data = await makeDataDir();
  let server = await spawnProjectServer(data.dir, env, program);
  const restart = async () => {
    server.child.kill('SIGKILL');
    await server.exited;
    server = await spawnProjectServer(data.dir, env, program);
  };
  try {
    return await checkServer({ url: `http://127.0.0.1:${env.PORT}`, secret: internalSecret, restart, ...options });
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** It says nothing when it listens. */
async function checkedBasic(env: Readonly<Record<string, string>>, options: Partial<CheckServerOptions> = {}) {
  await using data = await makeDataDir();
  const port = String(await freePort());
  const own = { PORT: port, VALET_DATA_DIR: data.dir, VALET_INTERNAL_SECRET: internalSecret };
  const child = spawn(process.execPath, [basic], { env: { ...own, ...env }, stdio: 'pipe' });
  const exited = once(child, 'exit');
  try {
    const url = `http://127.0.0.1:${port}`;
    await expect
      .poll(() =>
        fetch(url).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(404);
    return await checkServer({ url, secret: internalSecret, ...options });
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}
