import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from 'valet/local';
import { app } from './names.ts';
import { migrate } from './servers.ts';

type StartedProcess = Parameters<NonNullable<Parameters<typeof startPostgres>[0]['onProcess']>>[0];

export interface BenchDatabases extends AsyncDisposable {
  /** A folder of this run, removed at its end. */
  readonly dir: string;
  /** A migrated database with so many active projects, each on a machine of its own. */
  filled(projects: number): Promise<string>;
}

export async function startDatabases(): Promise<BenchDatabases> {
  await using opening = new AsyncDisposableStack();
  const folder = async () =>
    opening.adopt(await mkdtemp(join(tmpdir(), 'valet-bench-')), (it) => rm(it, { recursive: true, force: true }));
  const dir = await folder();
  const postgres = opening.adopt(await startPostgres({ dir: await folder(), onProcess: endWithUs }), (it) => it.stop());
  const opened = opening.move();
  return {
    dir,
    filled: async (projects) => {
      const url = new URL(postgres.url);
      await run(postgres.url, `create database projects_${projects}`);
      url.pathname = `/projects_${projects}`;
      await migrate(url.href);
      await run(url.href, insertion, [projects - 1, app]);
      await run(url.href, 'vacuum analyze');
      // Or what was just written would be brought to disk while somebody measures.
      await run(url.href, 'checkpoint');
      return url.href;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The rows that creating would leave, with all constraints and triggers in force. */
const insertion = `
  with numbers as (
    select i, lpad(i::text, 8, '0') as eight, lpad(i::text, 13, '0') as thirteen from generate_series(0, $1::int) as i
  ), machines_made as (
    insert into machines (id, environment, fly_app, name, volume_name, fly_id, volume_id, region, image, config_hash,
                          state, project_id, ready_at, claimed_at)
    select 'machine-' || eight, $2, $2, 'valet-' || eight, 'valet_' || eight, 'm' || thirteen, 'vol_' || eight, 'sjc',
           'registry.fly.io/bench:1', 'hash', 'assigned', 'p' || eight, valet_now(), valet_now()
      from numbers
  )
  insert into projects (id, state, region, machine_id, deploy_key_sealed)
  select 'p' || eight, 'active', 'sjc', 'machine-' || eight, 'sealed' from numbers`;

function endWithUs({ pid, endWith }: StartedProcess): void {
  process.once('exit', () => {
    try {
      process.kill(pid, endWith);
    } catch {
      // It has ended long ago.
    }
  });
}

async function run(connectionString: string, sql: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql, [...values]);
  } finally {
    await client.end();
  }
}
