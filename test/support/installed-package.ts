import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type ExecaError, execa } from 'execa';
import { z } from 'zod';
import { root } from './documents.js';

const packedSchema = z.array(
  z.object({
    filename: z.string(),
    /** Bytes of the tarball. */
    size: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({ path: z.string(), size: z.number() })),
  }),
);

/** Long enough for a registry that is slow and a cache that is empty. */
const installTimeoutMs = 240_000;
const runTimeoutMs = 60_000;
/** npm and the shebangs of programs find this Node.js first. */
const path = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);

/** The package as npm packs it, installed into an empty project with nothing but what it depends on at runtime. */
export async function installPackage() {
  const dir = await mkdtemp(join(tmpdir(), 'valet-installed-'));
  const run = (program: string, ...args: string[]) => runIn(dir, program, args);
  const [packed] = packedSchema.parse(
    JSON.parse((await npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', dir)).stdout),
  );
  if (packed === undefined) throw new Error('npm packed nothing.');
  const tarball = join(dir, packed.filename);
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'an-empty-project', private: true }));
  await npm(dir, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev', tarball);
  return {
    dir,
    tarball,
    packed,
    run,
    node: (...args: string[]) => run(process.execPath, ...args),
    write: (name: string, text: string) => writeFile(join(dir, name), text),
    tree: () => ({ packages: installedPackages(dir).length, bytes: bytesBelow(join(dir, 'node_modules')) }),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
export type InstalledPackage = Awaited<ReturnType<typeof installPackage>>;

async function runIn(cwd: string, program: string, args: readonly string[]) {
  const env = { PATH: path, HOME: process.env.HOME ?? '' };
  const options = { cwd, env, extendEnv: false, reject: false, timeout: runTimeoutMs, stdin: 'ignore' } as const;
  const { exitCode, stdout, stderr } = await execa(program, args, options);
  return { exitCode, stdout, stderr };
}

/** With the whole environment: how a registry is reached may be said there. */
async function npm(cwd: string, ...args: string[]) {
  const env = { PATH: path, npm_config_ignore_scripts: 'true' };
  return execa('npm', args, { cwd, env, timeout: installTimeoutMs, stdin: 'ignore' }).catch((error: ExecaError) => {
    throw new Error(`npm ${args[0]} failed.\n${error.stderr}`, { cause: error });
  });
}

function installedPackages(dir: string): string[] {
  const lock = z.object({ packages: z.record(z.string(), z.unknown()) });
  const { packages } = lock.parse(JSON.parse(readFileSync(join(dir, 'node_modules/.package-lock.json'), 'utf8')));
  return Object.keys(packages);
}

function bytesBelow(dir: string): number {
  return readdirSync(dir, { recursive: true })
    .map((name) => lstatSync(join(dir, String(name))))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}
