import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interruptAtEach, interruptions } from '../support/crash.js';
import type { Instance } from '../support/instance.js';
import type { Journey } from '../support/journey.js';
import { askTwiceAtOnce, repeatEachStep } from '../support/repeat.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let survivor: Instance;
let sleeper: Sleeper;

beforeAll(async () => {
  platform = await testPlatform();
  survivor = await platform.controlPlane();
  sleeper = await new Sleeper(platform, survivor, 'sleeper').create();
  // The first archive of a project asks its server one question more than the later ones.
  await sleeper.fallAsleep();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

/** The invariants have shown that a sleeping one can be woken; this shows that it is, with its data. */
async function keepsItsData(where: string): Promise<void> {
  await sleeper.wakeUp();
  await sleeper.expectData(where);
}

async function whileItIsUsed(work: () => Promise<unknown>): Promise<void> {
  const socket = new WebSocket(await platform.webSocketUrl(sleeper.id));
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  await work().catch(() => undefined);
  socket.close();
}

interface Archival {
  readonly what: string;
  readonly work: Journey['work'];
  readonly effects: readonly string[];
}

const archivals: readonly Archival[] = [
  {
    what: 'an archive',
    work: (instance) => instance.valet.projects.archive(sleeper.id),
    effects: ['database: archive_begun #1', 'machine: POST /internal/archive-to-r2 #1', 'database: archived #1'],
  },
  {
    what: 'an archive that is cancelled',
    work: (instance) => whileItIsUsed(() => instance.valet.projects.archive(sleeper.id)),
    effects: [
      'database: archive_begun #1',
      'machine: POST /internal/archive-to-r2 #1',
      'database: archive_cancelled #1',
      'machine: POST /internal/resume #1',
      'database: serving_again #1',
    ],
  },
];

describe.each(archivals)('G1: $what', { timeout: 120_000 }, ({ work, effects }) => {
  const archiving = (): Journey => ({
    platform,
    survivor,
    prepare: () => sleeper.wakeUp(),
    work,
    check: keepsItsData,
  });

  test.each(interruptions)(
    'that is %s at any step leaves the project awake or provably asleep',
    async (interruption) => {
      expect(await interruptAtEach(archiving(), interruption)).toEqual(effects);
    },
  );

  test('of which any step happens twice leaves the project awake or provably asleep', async () => {
    expect(await repeatEachStep(archiving())).toEqual(effects);
  });

  test('that is asked for twice at once leaves the project awake or provably asleep', async () => {
    await askTwiceAtOnce(archiving());
  });
});
