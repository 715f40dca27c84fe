import { afterAll, beforeAll, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import type { Journey } from '../support/journey.js';
import { expectNothingMore, repeatEachStep } from '../support/repeat.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

const env = { ARCHIVES_KEPT: '1' };
let platform: TestPlatform;
let survivor: Instance;
/** Asleep, with one archive more than is kept. */
let sleeper: Sleeper;

beforeAll(async () => {
  platform = await testPlatform({ env });
  survivor = await platform.controlPlane();
  sleeper = await new Sleeper(platform, survivor, 'sleeper').create();
  await sleeper.fallAsleep();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

interface Kept {
  readonly id: string;
  readonly r2_key: string;
  readonly current: boolean;
  readonly deleted: boolean;
}

async function archives(): Promise<Kept[]> {
  return platform.database.db.query<Kept>(
    `select a.id, a.r2_key, p.current_archive_id = a.id as current, a.deleted_at is not null as deleted
       from archives a join projects p on p.id = a.project_id order by a.epoch`,
  );
}

async function archiveAgain(): Promise<void> {
  await sleeper.wakeUp();
  await sleeper.fallAsleep();
}

/** Only the current one is in the store, and the rows know it. */
async function expectTheCurrentOneAlone(): Promise<void> {
  await survivor.run('prune');
  for (const archive of await archives()) {
    expect(archive.deleted).toBe(!archive.current);
    expect((await platform.store.head(archive.r2_key)) !== null).toBe(archive.current);
  }
}

const pruning = (): Journey => ({
  platform,
  survivor,
  env,
  prepare: archiveAgain,
  work: (instance) => instance.run('prune'),
  check: expectTheCurrentOneAlone,
});

const effects = [
  'database: begin #1',
  'database: archive_given_up #1',
  'database: commit #1',
  'store: DELETE #1',
  'database: archive_deleted #1',
];

test.each(interruptions)(
  'G1, G4: deleting archives that is %s at any step ends with the current one alone, whole',
  { timeout: 60_000 },
  async (interruption) => {
    // Beside the mark that the fuse moves on before.
    expect(await interruptAtEach(pruning(), interruption)).toEqual(expect.arrayContaining(effects));
  },
);

test('each step may happen twice, and a second pass finds nothing to do', { timeout: 60_000 }, async () => {
  await repeatEachStep(pruning());
  await expectNothingMore(platform, [survivor], ['prune']);
});

test('a store that is away keeps the mark and fails the pass; the next one goes on', async () => {
  await archiveAgain();
  let deletions = 0;
  // The first is that of the mark which the fuse has moved on.
  survivor.calls.intervene((call) => (call === 'store: DELETE' && ++deletions > 1 ? 'refuse' : undefined));
  await expect(survivor.run('prune')).rejects.toThrow('1 archives not deleted');
  survivor.calls.intervene(() => undefined);
  expect(await survivor.run('prune')).toBe('1 archives deleted');
});
