import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalFault } from '../fault.js';
import { type RunSettings, runProgram } from './program-run.js';
import type { PostgresPrograms } from './programs.js';
import { canEnter } from './system-user.js';

export interface Cluster {
  readonly dataDir: string;
  readonly user: string;
  readonly password: string;
}

const initTimeoutMs = 60_000;

/** Makes the files of a new server below the folder. */
export async function makeCluster(
  dir: string,
  programs: PostgresPrograms,
  login: { readonly user: string; readonly password: string },
  settings: RunSettings,
): Promise<Cluster> {
  const { user } = settings;
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o711);
  if (user && !(await canEnter(user, dir))) {
    throw new LocalFault(`PostgreSQL runs as the user ${user.name}, who may not enter ${dirname(dir)}.`, {
      hint: 'Set TMPDIR to a folder that everybody may enter, such as /tmp, or run this as a normal user.',
    });
  }
  const dataDir = join(dir, 'data');
  const passwordFile = join(dir, 'password');
  await mkdir(dataDir, { mode: 0o700 });
  await writeFile(passwordFile, `${login.password}\n`, { mode: 0o600 });
  if (user) for (const path of [dataDir, passwordFile]) await chown(path, user.uid, user.gid);
  try {
    await initialise(programs.initdb, dataDir, passwordFile, login.user, settings);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return { dataDir, ...login };
}

async function initialise(
  initdb: string,
  dataDir: string,
  passwordFile: string,
  user: string,
  settings: RunSettings,
): Promise<void> {
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  const args = [`--pgdata=${dataDir}`, `--username=${user}`, `--pwfile=${passwordFile}`, ...flags];
  const { child, exited, lastLines } = await runProgram(initdb, args, settings);
  const timer = setTimeout(() => child.kill('SIGKILL'), initTimeoutMs);
  const code = await exited;
  clearTimeout(timer);
  if (code === 0) return;
  const said = lastLines();
  throw new LocalFault(`PostgreSQL could not be set up in ${dataDir}: ${said || `initdb ended with ${code}.`}`, {
    // The package makes the links to its libraries in a script at installation, which npm may have been told to skip.
    hint: said.includes('shared librar')
      ? 'Run "npm rebuild" with scripts allowed: the package links its libraries when it is installed.'
      : undefined,
  });
}
