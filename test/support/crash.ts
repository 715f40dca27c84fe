/**
 * Breaks a journey at each of its steps in turn, lets another instance carry on, and looks at what is left.
 *
 *   describe.each(interruptions)('G4, G7: a wake that is %s at any step', { timeout: 120_000 }, (interruption) => {
 *     test('leaves the project awake or asleep, with its data', async () => {
 *       const effects = await interruptAtEach({ platform, survivor, prepare, work, check }, interruption);
 *       expect(effects).toEqual(['database: wake_begun #1', …]);
 *     });
 *   });
 *
 * The list of effects belongs into the test: it shows that the steps which matter were reached.
 *
 * Every step in every way takes many minutes. So the suite breaks every second step in one of the ways, by turns, and each way
 * is used; `npm run test:steps` does all of them.
 */
import { expect } from 'vitest';
import type { Instance } from './instance.js';
import { disturbed, effectsIn, type Journey, stepsOf } from './journey.js';
import { isEffect, numbered, type Verdict } from './outward-calls.js';
import { settle } from './settle.js';
import { shareOf } from './share.js';

/**
 * - `refused`: the call is answered with an error and not carried out, and so are its repetitions, as often as anybody
 *   here tries. Looking is refused as well: each kind of call that looks, once.
 * - `cut off`: once the connection breaks before the call is carried out.
 * - `killed`: the instance dies before each effect, and after the last; to die after any other is to die before the next.
 * - `deprived of an answer`: the call is carried out, and the connection breaks.
 * - `paused`: before each effect, past every deadline, until others have taken over; then it goes on.
 */
export const interruptions = ['refused', 'cut off', 'killed', 'deprived of an answer', 'paused'] as const;

export type Interruption = (typeof interruptions)[number];

/** Answers the journey's effects: all of its calls that change something. */
export async function interruptAtEach(journey: Journey, interruption: Interruption): Promise<string[]> {
  const steps = await stepsOf(journey);
  const effects = effectsIn(steps);
  const subject = interruption === 'refused' ? [...effects, ...firstLooks(steps)] : effects;
  for (const step of shareOf(subject, turnOf(interruption), 2 * interruptions.length)) {
    await interruptOnce(journey, interruption, step);
  }
  const last = effects.at(-1);
  if (interruption === 'killed' && last !== undefined) {
    await disturbed(journey, `killed after ${last}`, (victim) => dieAt(journey, victim, last, 'die_after'));
  }
  return effects;
}

/** Even and odd steps alternate between the ways, so that none is left to luck in how a journey is built. */
function turnOf(interruption: Interruption): number {
  const way = interruptions.indexOf(interruption);
  return 2 * way + (way % 2);
}

function firstLooks(steps: readonly string[]): string[] {
  return steps.filter((step) => !isEffect(step) && step.endsWith(' #1') && !step.startsWith('database: renew'));
}

async function interruptOnce(journey: Journey, interruption: Interruption, step: string): Promise<void> {
  await disturbed(journey, `${interruption} at ${step}`, async (victim) => {
    expect(await interrupt(journey, victim, interruption, step), `${step} was never reached`).toBe(true);
  });
}

function interrupt(journey: Journey, victim: Instance, interruption: Interruption, step: string): Promise<boolean> {
  switch (interruption) {
    case 'refused':
      return isEffect(step) ? refuseInARow(journey, victim, step) : breakOnce(journey, victim, step, 'refuse');
    case 'cut off':
      return breakOnce(journey, victim, step, 'cut');
    case 'killed':
      return dieAt(journey, victim, step, 'die_before');
    case 'deprived of an answer':
      return breakOnce(journey, victim, step, 'lose_answer');
    case 'paused':
      return pauseAt(journey, victim, step);
  }
}

/** Fly's client and the machines' try five times, the store's three. */
const maxTries = 5;

/** The call and its repetitions, until the work does something else that changes something. */
async function refuseInARow(journey: Journey, victim: Instance, step: string): Promise<boolean> {
  const fits = countedTo(step);
  let left: number | undefined;
  victim.calls.intervene((call) => {
    if (fits(call)) left ??= maxTries;
    if (left === undefined) return undefined;
    if (step.startsWith(`${call} #`)) return left-- > 0 ? 'refuse' : undefined;
    if (isEffect(call)) left = 0;
    return undefined;
  });
  await journey.work(victim).catch(() => undefined);
  return left !== undefined;
}

async function breakOnce(journey: Journey, victim: Instance, step: string, verdict: Verdict): Promise<boolean> {
  const fits = countedTo(step);
  let reached = false;
  victim.calls.intervene((call) => {
    if (!fits(call)) return undefined;
    reached = true;
    return verdict;
  });
  await journey.work(victim).catch(() => undefined);
  return reached;
}

async function dieAt(journey: Journey, victim: Instance, step: string, verdict: Verdict): Promise<boolean> {
  const fits = countedTo(step);
  victim.calls.intervene((call) => (fits(call) ? verdict : undefined));
  const died = new Promise<void>((resolve) => victim.calls.death.addEventListener('abort', () => resolve()));
  await Promise.race([died, journey.work(victim).catch(() => undefined)]);
  return victim.calls.dead;
}

async function pauseAt(journey: Journey, victim: Instance, step: string): Promise<boolean> {
  const paused = victim.calls.freezeBefore(countedTo(step)).then(() => true);
  const work = journey.work(victim).catch(() => undefined);
  const isPaused = await Promise.race([paused, work.then(() => false)]);
  await settle(journey.platform, journey.survivor);
  victim.calls.thaw();
  await work;
  return isPaused;
}

/** Fits the call of that name and number. */
function countedTo(step: string): (call: string) => boolean {
  const number = numbered();
  return (call) => number(call) === step;
}
