import { expect } from 'vitest';
import type { Instance } from './instance.js';
import { checkInvariants } from './invariants.js';
import type { Verdict } from './outward-calls.js';
import { settle } from './settle.js';
import type { TestPlatform } from './test-platform.js';

/** What an instance may be in the middle of when it is stopped. */
export interface Interrupted {
  readonly platform: TestPlatform;
  /** Carries on. */
  readonly survivor: Instance;
  readonly env?: Readonly<Record<string, string>>;
  /** Brings everything to where the work begins, without the instance that will be stopped. */
  readonly prepare: () => Promise<void>;
  readonly work: (victim: Instance) => Promise<unknown>;
  /** What holds afterwards, beside the invariants. */
  readonly check?: (where: string) => Promise<void>;
}

/**
 * `killed`: before each call, and after the last; to die after any other is to die before the next.
 * `paused`: before each call, past every deadline, until others have taken over; then it goes on.
 */
export type Interruption = 'killed' | 'paused';

export const interruptions: readonly Interruption[] = ['killed', 'paused'];

/** The outward calls of the work that change something, each told apart by its name and how often it came before. */
async function effectsOf(subject: Interrupted): Promise<string[]> {
  await subject.prepare();
  await using instance = await subject.platform.controlPlane(subject.env);
  const before = instance.calls.made.length;
  await subject.work(instance);
  await settle(subject.platform, subject.survivor);
  return numbered(instance.calls.made.slice(before)).filter(isEffect);
}

/** To stop at a call that only looks is to stop after the effect before it. */
function isEffect(call: string): boolean {
  return !/^(database: (select|renew)|fly: GET|machine: GET|store:)/.test(call);
}

/**
 * Stops an instance at every single effect of the work in turn, and each time looks at what is left once another has
 * carried on. Answers the effects.
 */
export async function interruptAtEach(subject: Interrupted, interruption: Interruption): Promise<string[]> {
  const effects = await effectsOf(subject);
  await using victims = new AsyncDisposableStack();
  for (const effect of effects) {
    await interruptOnce(subject, victims, `${interruption} before ${effect}`, (victim) =>
      interruption === 'killed' ? dieAt(subject, victim, effect, 'die_before') : pauseAt(subject, victim, effect),
    );
  }
  const last = effects.at(-1);
  if (interruption === 'killed' && last !== undefined) {
    await interruptOnce(subject, victims, `killed after ${last}`, (victim) =>
      dieAt(subject, victim, last, 'die_after'),
    );
  }
  return effects;
}

async function interruptOnce(
  subject: Interrupted,
  victims: AsyncDisposableStack,
  where: string,
  interrupt: (victim: Instance) => Promise<boolean>,
): Promise<void> {
  const { platform, survivor } = subject;
  await subject.prepare();
  const victim = victims.use(await platform.controlPlane(subject.env));
  expect(await interrupt(victim), `${where} was never reached`).toBe(true);
  await settle(platform, survivor);
  expect(await checkInvariants(platform), where).toEqual([]);
  await subject.check?.(where);
}

async function dieAt(subject: Interrupted, victim: Instance, call: string, verdict: Verdict): Promise<boolean> {
  const fits = countedTo(call);
  victim.calls.intervene((each) => (fits(each) ? verdict : undefined));
  const died = new Promise<void>((resolve) => victim.calls.death.addEventListener('abort', () => resolve()));
  await Promise.race([died, subject.work(victim).catch(() => undefined)]);
  return victim.calls.dead;
}

async function pauseAt(subject: Interrupted, victim: Instance, call: string): Promise<boolean> {
  const paused = victim.calls.freezeBefore(countedTo(call)).then(() => true);
  const work = subject.work(victim).catch(() => undefined);
  const isPaused = await Promise.race([paused, work.then(() => false)]);
  await settle(subject.platform, subject.survivor);
  victim.calls.thaw();
  await work;
  return isPaused;
}

/** Fits the call of that name and number. */
function countedTo(wanted: string): (call: string) => boolean {
  const seen = new Map<string, number>();
  return (call) => {
    const times = (seen.get(call) ?? 0) + 1;
    seen.set(call, times);
    return `${call} #${times}` === wanted;
  };
}

function numbered(calls: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return calls.map((call) => {
    const times = (seen.get(call) ?? 0) + 1;
    seen.set(call, times);
    return `${call} #${times}`;
  });
}
