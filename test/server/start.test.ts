import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/sdk/config.js';
import { createControlPlane } from '../../src/sdk/control-plane.js';
import { leastEnv } from '../support/config.js';
import { type Instance, startInstance } from '../support/instance.js';
import { activeProject, environment, type TestRows, testRows } from '../support/rows.js';
import { closedPort } from '../support/scripted-server.js';
import { ask, startTestServer } from '../support/server.js';

let rows: TestRows;
let nowhere: string;

beforeAll(async () => {
  rows = await testRows();
  nowhere = `http://127.0.0.1:${await closedPort()}`;
});

afterAll(() => rows?.[Symbol.asyncDispose]());

const env = { ...leastEnv, VALET_ENVIRONMENT: environment, VALET_FLY_APP: 'app', WARM_POOL_SIZE: '0' };

/** On a real database, with Fly, the machines and R2 out of reach. */
function start(name: string): Promise<Instance> {
  const outside = { flyUrl: nowhere, machineUrl: nowhere, storeUrl: nowhere };
  return startInstance(name, { databaseUrl: rows.database.url, ...outside }, env);
}

/** What is said to the database until the server listens, background tasks aside. */
async function statementsOfStart(name: string): Promise<readonly string[]> {
  await using instance = await start(name);
  await using _server = await startTestServer({ ...instance.serving, tasks: [] });
  return [...instance.calls.made];
}

it('start says the same to the database for no project and for 1,000', async () => {
  const empty = await statementsOfStart('empty');
  expect(empty.length).toBeGreaterThan(0);
  await rows.database.db.query(
    `insert into projects (id, state, region, deploy_key_sealed)
     select 'p-' || n, 'lost', 'sjc', 'sealed' from generate_series(1, 999) n`,
  );
  await activeProject(rows, 'known');
  expect(await statementsOfStart('full')).toEqual(empty);
});

it('start needs neither Fly nor R2: what is active is routed, and the instance is ready', async () => {
  await using instance = await start('alone');
  await using server = await startTestServer(instance.serving);
  expect(await ask(server.privatePort, { path: '/health/ready' })).toMatchObject({
    status: 200,
    json: { ready: true },
  });
  expect((await ask(server.port, { host: 'known.valet.test' })).headers['fly-replay']).toMatch(/^instance=/);
  expect((await ask(server.port, { host: 'nobody.valet.test' })).status).toBe(404);
  expect(instance.calls.made.filter((call) => call.startsWith('store:'))).toEqual([]);
});

it('start without its direct connection to the database says so, and leaves nothing open', async () => {
  const url = new URL(rows.database.url);
  url.port = new URL(nowhere).port;
  const config = readConfig({ ...env, DATABASE_URL: rows.database.url, DATABASE_DIRECT_URL: url.href });
  await using controlPlane = await createControlPlane(config);
  await expect(controlPlane.openServing()).rejects.toMatchObject({ code: 'database_unavailable' });
});
