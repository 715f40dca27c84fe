import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import type { Journey } from '../support/journey.js';
import { askTwiceAtOnce } from '../support/repeat.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;
let sleeper: Sleeper;
/** An archive that is not the current one when the work begins. */
let earlier: string;

beforeAll(async () => {
  platform = await testPlatform({ env: { ARCHIVES_KEPT: '100' } });
  survivor = await platform.controlPlane();
  sleeper = await new Sleeper(platform, survivor, 'sleeper').create();
  earlier = (await survivor.valet.projects.archive(sleeper.id)).archive?.id ?? '';
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** Lost after it was used and archived once more. */
async function lost(): Promise<void> {
  if ((await sleeper.row()).state === 'lost') await survivor.valet.projects.restore(sleeper.id);
  await sleeper.wakeUp();
  await sleeper.fallAsleep();
  await platform.database.db.query(`update projects set state = 'lost' where id = $1`, [sleeper.id]);
}

const begun = ['database: begin #1', 'database: archive_chosen #1', 'database: commit #1', 'database: wake_begun #1'];

/** The wake inside is broken in all ways by a file of its own; these two are what leaves the row to others. */
describe('G1, G4, G7: restoring a lost project', { timeout: 120_000 }, () => {
  const restoring = (): Journey => ({
    platform,
    survivor,
    prepare: lost,
    work: (instance) => instance.valet.projects.restore(sleeper.id, { archive_id: earlier }),
    check: async (where) => {
      const { state } = await sleeper.row();
      expect(['lost', 'active'], where).toContain(state);
      // Asked again, as whoever got no answer does.
      if (state !== 'active') await survivor.valet.projects.restore(sleeper.id, { archive_id: earlier });
      await sleeper.expectData(where);
    },
  });

  test.each(['killed', 'paused'] as const)('that is %s at any step leaves it lost, or awake', async (interruption) => {
    const effects = await interruptAtEach(restoring(), interruption);
    expect(effects.slice(0, begun.length)).toEqual(begun);
    expect(effects.at(-1)).toBe('database: activated #1');
  });

  test('that is asked for twice at once restores it once', async () => {
    await askTwiceAtOnce(restoring());
  });
});
