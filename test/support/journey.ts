/**
 * A journey as the instruments see it: work of one instance that can be done again from the same beginning. What
 * `crash.ts` breaks and `repeat.ts` repeats is each of its steps, which are its outward calls.
 */
import { expect } from 'vitest';
import type { Instance } from './instance.js';
import { checkInvariants } from './invariants.js';
import { isEffect, numbered } from './outward-calls.js';
import { settle } from './settle.js';
import type { TestPlatform } from './test-platform.js';

export interface Journey {
  readonly platform: TestPlatform;
  /** Carries on, and does upkeep. */
  readonly survivor: Instance;
  /** Of the instances that do the work. */
  readonly env?: Readonly<Record<string, string>>;
  /** Brings everything to where the work begins; called before each time that it is done. */
  readonly prepare: () => Promise<void>;
  /** May fail where it is disturbed. Undisturbed it must not. */
  readonly work: (instance: Instance) => Promise<unknown>;
  /** What holds afterwards, beside the invariants. */
  readonly check?: (where: string) => Promise<void>;
}

/** The calls of the work when nothing disturbs it, in their order, told apart by number. */
export async function stepsOf(journey: Journey): Promise<string[]> {
  await journey.prepare();
  await using instance = await journey.platform.controlPlane(journey.env);
  const before = instance.calls.made.length;
  await journey.work(instance);
  const made = instance.calls.made.slice(before);
  const number = numbered();
  await settle(journey.platform, journey.survivor);
  return made.map((call) => number(call));
}

export function effectsIn(steps: readonly string[]): string[] {
  return steps.filter(isEffect);
}

/** From the beginning, disturbed in some way, to where upkeep has put everything in order; then looks at what is left. */
export async function disturbed(
  journey: Journey,
  where: string,
  disturb: (instance: Instance) => Promise<unknown>,
): Promise<void> {
  const { platform, survivor } = journey;
  await journey.prepare();
  await using victim = await platform.controlPlane(journey.env);
  await disturb(victim);
  await settle(platform, survivor);
  expect(await checkInvariants(platform), where).toEqual([]);
  await journey.check?.(where);
}
