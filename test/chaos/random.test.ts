import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describe as inWords, type Scenario } from './actions.js';
import { scenarios } from './arbitraries.js';
import { type Ground, openGround } from './ground.js';
import { run } from './run.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** What `npm run chaos` was asked for; without it, as many runs as a suite has time for. */
    chaos?: Wish;
  }
}

interface Wish {
  readonly runs: number;
  readonly seed: number;
  /** Of one run within the seed's: it is done `runs` times, since real processes never do quite the same. */
  readonly path?: string;
}

const usually: Wish = { runs: 30, seed: Date.now() % 1_000_000 };
/** Beside each other in this process: most of a run is waiting for others. */
const lanes = 3;
const perRunMs = 60_000;

let ground: Ground;

beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.[Symbol.asyncDispose]());

const { runs, seed, path } = inject('chaos') ?? usually;

/** A lane has a seed of its own, so that one failing run is named by its lane's seed and its place in it. */
async function drive(lane: number, isEnough: AbortController): Promise<void> {
  const times = path === undefined ? 1 : runs;
  const property = fc.asyncProperty(scenarios(tasks), async (scenario) => {
    for (let time = 0; time < times && !isEnough.signal.aborted; time++) await expectNothingWrong(scenario);
  });
  const where = path === undefined ? { numRuns: Math.ceil(runs / lanes) } : { numRuns: 1, path };
  const outcome = await fc.check(property, { seed: seed + lane, endOnFailure: true, ...where });
  if (!outcome.failed) return;
  isEnough.abort();
  const [scenario] = outcome.counterexample ?? [];
  throw new Error(
    [
      `After ${outcome.numRuns} runs of seed ${outcome.seed}:`,
      String(outcome.errorInstance),
      'It had done this:',
      scenario ? inWords(scenario) : '',
      `Again: npm run chaos -- --seed ${outcome.seed} --path ${outcome.counterexamplePath}`,
    ].join('\n'),
  );
}

async function expectNothingWrong(scenario: Scenario): Promise<void> {
  const wrong = await run(ground, scenario);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

const tasks = ['replenish', 'sweep', 'prune', 'recover', 'retire', 'orphans', 'observe'];

test(
  `G1, G2, G3, G4, G5, G6, G7, G10, G11: whatever happens in whatever order (seed ${seed}, ${runs} runs)`,
  async () => {
    const isEnough = new AbortController();
    const driven = Array.from({ length: path === undefined ? lanes : 1 }, (_, lane) => drive(lane, isEnough));
    const failed = (await Promise.allSettled(driven)).filter((outcome) => outcome.status === 'rejected');
    expect(failed.map(({ reason }) => String(reason)).join('\n\n')).toBe('');
  },
  runs * perRunMs,
);
