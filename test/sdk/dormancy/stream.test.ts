import { expect, it } from 'vitest';
import type { Queryable } from '../../../src/sdk/database/database.js';
import { DormancyTable } from '../../../src/sdk/database/dormancy.js';
import { Sweep } from '../../../src/sdk/dormancy/sweep.js';
import { toldTo } from '../../../src/sdk/telemetry.js';
import { testRows } from '../../support/rows.js';

const candidates = 100_000;
/** What the sweep may hold at once; the same whether there are a hundred candidates or all of them. */
const batch = 100;

/** Counts the rows of each answer. */
function counting(db: Queryable) {
  const answers: number[] = [];
  const queryable: Queryable = {
    query: async <Row extends object>(sql: string, values?: readonly unknown[]) => {
      const found = await db.query<Row>(sql, values);
      answers.push(found.length);
      return found;
    },
  };
  return { queryable, answers };
}

it('100,000 candidates are looked at a hundred at a time, and each once', { timeout: 60_000 }, async () => {
  await using rows = await testRows();
  const { db } = rows.database;
  // Ten of them share each moment, so that a page must be cut in the middle of equals.
  await db.query(
    `alter table projects disable trigger project_announced;
     insert into projects (id, state, region, machine_id, deploy_key_sealed, last_active_at)
     select 'p-' || n, 'active', 'sjc', 'm-' || n, 'sealed', valet_now() - interval '30 days' + (n / 10) * interval '1 second'
       from generate_series(1, ${candidates}) n;
     analyze projects`,
  );
  const { queryable, answers } = counting(db);
  let handedOut = 0;
  let settled = 0;
  let mostInFlight = 0;
  const dormancy = new DormancyTable(queryable);
  const sweep = new Sweep({
    dormancy: {
      idle: async function* (scope) {
        for await (const found of dormancy.idle(scope)) {
          handedOut += found.length;
          yield found;
          // Asked for the next batch: what this one was handed out for is over.
          settled = handedOut;
        }
      },
    },
    journey: {
      archive: async () => {
        mostInFlight = Math.max(mostInFlight, handedOut - settled);
        await new Promise((resolve) => setImmediate(resolve));
      },
    },
    fuse: { assertIntact: async () => undefined },
    thresholdSecs: 7 * 86_400,
    telemetry: toldTo([]),
  });

  const result = await sweep.run({ olderThanSecs: undefined, limit: 250 }, 'sweep@test');

  expect(new Set(result.archived).size).toBe(250);
  expect(result.left_over).toBe(candidates - 250);
  expect(handedOut).toBe(candidates);
  expect(Math.max(...answers)).toBe(batch);
  expect(mostInFlight).toBe(batch);
});

it('a sweep judges all by the time at which it began, however long it takes', async () => {
  await using rows = await testRows();
  const { db } = rows.database;
  await db.query(
    `insert into projects (id, state, region, machine_id, deploy_key_sealed, last_active_at)
     select 'p-' || lpad(n::text, 3, '0'), 'active', 'sjc', 'm', 'sealed', valet_now() - interval '8 days' + n * interval '1 second'
       from generate_series(1, 150) n;
     insert into projects (id, state, region, machine_id, deploy_key_sealed, last_active_at)
     values ('not-yet', 'active', 'sjc', 'm', 'sealed', valet_now() - interval '6 days')`,
  );
  const found: string[] = [];
  for await (const idle of new DormancyTable(db).idle({ olderThanSecs: 7 * 86_400, overridesOwn: false })) {
    found.push(...idle.map(({ id }) => id));
    await rows.database.travel('2 days');
  }
  expect(found).toHaveLength(150);
  expect(found).not.toContain('not-yet');
});
