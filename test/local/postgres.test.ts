import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../src/local/free-port.js';
import { startPostgres } from '../../src/local/postgres.js';
import { Database } from '../../src/sdk/database/database.js';
import { eventually, present } from '../support/rows.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'valet-test-postgres-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'beforeExit', 'uncaughtException'];

it('PostgreSQL answers, leaves the signals of this process alone, and leaves nothing when stopped, twice', async () => {
  const listening = endings.map((event) => process.listenerCount(event));
  const postgres = await startPostgres({ dir });
  expect(endings.map((event) => process.listenerCount(event))).toEqual(listening);
  const db = new Database({ url: postgres.url });
  expect(await db.query('select current_database() as name')).toEqual([{ name: 'valet' }]);
  await db.close();
  await postgres.stop();
  await postgres.stop();
  expect(existsSync(dir)).toBe(false);
});

it('stopping a server that has ended by itself, as on Ctrl-C, does not wait for ever', async () => {
  const postgres = await startPostgres({ dir });
  const db = new Database({ url: postgres.url });
  const [file] = await db.query<{ text: string }>(`select pg_read_file('postmaster.pid') as text`);
  await db.close();
  const pid = Number.parseInt(present(file).text, 10);
  process.kill(pid, 'SIGINT');
  await eventually('the server ends', () => !isAlive(pid));
  await postgres.stop();
  expect(existsSync(dir)).toBe(false);
});

it('a free port can be listened on', async () => {
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  expect(server.address()).toMatchObject({ port });
  await new Promise((resolve) => server.close(resolve));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
