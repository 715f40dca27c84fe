import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IdempotencyTable } from '../../../src/sdk/database/idempotency.js';
import { CreateJourney } from '../../../src/sdk/projects/create.js';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { Sealer } from '../../../src/sdk/projects/sealing.js';
import { claimed, creatingProject, owner, readyMachine, seen, type TestRows, testRows } from '../../support/rows.js';

let rows: TestRows;
beforeAll(async () => {
  rows = await testRows();
  await creatingProject(rows, 'calm-fern-1000');
});
afterAll(() => rows[Symbol.asyncDispose]());

const anything = { id: undefined, region: 'sjc', idempotencyKey: undefined };

/** Creates in the database alone, with ids that are made up as told. */
function creating(ids: readonly string[]) {
  let madeUp = 0;
  const journey = new CreateJourney({
    projects: rows.projects,
    idempotency: new IdempotencyTable(rows.database.db),
    supply: { supply: async ({ id }) => claimed(rows, await seen(rows, id)) },
    configurator: { configure: async () => undefined },
    sealer: new Sealer([randomBytes(32)]),
    owner,
    actor: () => owner,
    makeUpId: () => parseProjectId(ids[madeUp++] ?? 'calm-fern-1000'),
  });
  return { journey, madeUp: () => madeUp };
}

it('an id that is made up and taken is made up again', async () => {
  await readyMachine(rows);
  const { journey, madeUp } = creating(['calm-fern-1000', 'calm-fern-1000', 'calm-fern-1001']);
  expect(await journey.create(anything)).toBe('calm-fern-1001');
  expect(madeUp()).toBe(3);
});

it('where every id is taken it is given up after a few', async () => {
  const { journey, madeUp } = creating([]);
  await expect(journey.create(anything)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('5 tries'),
  });
  expect(madeUp()).toBe(5);
});
