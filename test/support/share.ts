import process from 'node:process';

/**
 * One of several shares of the steps of something, by turns: together they are all steps. Never empty where there are
 * steps, so that each of several ways to do something is used. All of them with VALET_TEST_EVERY_STEP=1.
 */
export function shareOf(steps: readonly string[], share: number, shares: number): readonly string[] {
  if (process.env.VALET_TEST_EVERY_STEP === '1') return steps;
  const own = steps.filter((_, index) => (index + share) % shares === 0);
  return own.length > 0 ? own : steps.slice(-1);
}
