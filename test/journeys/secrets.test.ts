import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveMachineSecret } from '../../src/sdk/machines/secret.js';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import type { Instance } from '../support/instance.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;

beforeAll(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** Everything that a log could show of what was thrown. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => expect.unreachable('It should have failed.'),
    (thrown: unknown) => thrown,
  );
  return `${inspect(error, { depth: 20 })}\n${JSON.stringify(error)}`;
}

const refuse = { kind: 'refuse', status: 403, times: 1 } as const;

/** A life in which everything goes wrong once. */
async function life(sleeper: Sleeper): Promise<string[]> {
  const { valet } = instance;
  const { id } = sleeper;
  const texts: string[] = [];
  platform.fly.faults.add({ ...refuse, call: 'create_machine', error: `no such token: ${platform.fly.token}` });
  texts.push(await failure(valet.projects.create({ id })));
  await sleeper.create();
  platform.fly.faults.add({ ...refuse, call: 'get_machine', error: `Bearer ${platform.fly.token} may not` });
  texts.push(await failure(valet.projects.archive(id)));
  texts.push(await failure(archivedToNowhere(id)));
  await sleeper.fallAsleep();
  const key = (await valet.projects.get(id)).archive?.r2_key ?? '';
  const url = await platform.store.uploadUrl(key, { expiresInSecs: 60 });
  await fetch(url, { method: 'PUT', body: 'no database' });
  texts.push(await failure(valet.projects.wake(id)));
  await platform.store.delete(key);
  await platform.database.travel('1 hour');
  texts.push(await failure(valet.projects.wake(id)));
  await settle(platform, instance);
  return texts;
}

/** The object disappears between its upload and its proof. */
async function archivedToNowhere(id: string): Promise<unknown> {
  instance.calls.intervene(async (call) => {
    if (call !== 'store: HEAD') return undefined;
    instance.calls.intervene(() => undefined);
    const [archive] = await platform.database.db.query<{ r2_key: string }>(
      'select r2_key from archives where project_id = $1 order by created_at desc limit 1',
      [id],
    );
    await platform.store.delete(archive?.r2_key ?? '');
    return undefined;
  });
  return instance.valet.projects.archive(id);
}

async function shown(id: string): Promise<string[]> {
  const { valet, serving } = instance;
  const answers = await Promise.all([
    valet.projects.get(id),
    valet.projects.list(),
    valet.machines.list(),
    valet.pool.status(),
    valet.route(id),
    valet.sweep.plan({ older_than_secs: 0 }),
    serving.routes.readAll([parseProjectId(id)]),
  ]);
  return answers.map((answer) => JSON.stringify(answer));
}

/** Every row of every table, as anybody with a backup would see it. */
async function stored(): Promise<string[]> {
  const { db } = platform.database;
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const rows = await Promise.all(tables.map(({ name }) => db.query(`select to_jsonb(t) as row from ${name} t`)));
  return rows.map((each) => JSON.stringify(each));
}

test('G12: no secret is in what is shown, stored or thrown, whatever goes wrong', async () => {
  const keep = await instance.valet.projects.create({ id: 'neighbour' });
  const texts = await life(new Sleeper(platform, instance, 'unlucky'));
  const machines = await platform.database.db.query<{ name: string }>('select name from machines');
  const [internalSecret = ''] = platform.secrets;
  const secrets = [
    ...platform.secrets,
    keep.deploy_key,
    'vdk_',
    'X-Amz-Signature',
    ...machines.map(({ name }) => deriveMachineSecret(internalSecret, name)),
  ];
  const everything = [...texts, ...(await shown('unlucky')), ...(await stored())];
  expect(machines.length).toBeGreaterThan(3);
  for (const secret of secrets) {
    const found = everything.find((text) => text.includes(secret));
    expect(found, `${secret} is in it`).toBeUndefined();
  }
});
