import { expect, test } from 'vitest';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import { Sleeper } from '../support/sleeper.js';
import { testPlatform } from '../support/test-platform.js';

const callers = 300;
const rounds = 3;

test('a storm of clients that come back at once wakes a broken project once, costs no machine, and is told when to return', async () => {
  await using platform = await testPlatform();
  const instances = [await platform.controlPlane(), await platform.controlPlane()];
  const [one] = instances;
  if (one === undefined) throw new Error('There is no instance.');
  const sleeper = await new Sleeper(platform, one, 'broken').create();
  const id = parseProjectId(sleeper.id);
  const archived = await one.valet.projects.archive(sleeper.id);
  await platform.store.delete(archived.archive?.r2_key ?? '');
  const machines = await platform.database.db.query('select id from machines');
  const callsBefore = instances.map(({ calls }) => calls.made.length);
  for (let round = 0; round < rounds; round++) {
    const outcomes = await Promise.allSettled(
      Array.from({ length: callers }, (_, number) =>
        instances[number % instances.length]?.serving.waker.awake(id, { timeoutMs: 20_000 }),
      ),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'wake_failed' } });
      // Asked to come back, and never at once.
      if (outcome.status === 'rejected') expect(outcome.reason.retryAfterSecs).toBeGreaterThan(0);
    }
  }
  expect((await sleeper.events()).filter((what) => what === 'wake_begun')).toHaveLength(1);
  expect(await platform.database.db.query('select id from machines')).toEqual(machines);
  // Callers of one instance share its look at the row: the storm does not reach the database either.
  const made = instances.map(({ calls }, index) => calls.made.length - (callsBefore[index] ?? 0));
  expect(Math.max(...made)).toBeLessThan(callers / 5);
});
