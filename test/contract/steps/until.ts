import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Stage } from '../../support/contract/stage.js';

/** Asks until the answer is as hoped, within the stage's patience. */
export async function until<T>(stage: Stage, ask: () => Promise<T>, hoped: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + stage.patienceMs;
  for (;;) {
    const answer = await ask();
    if (hoped(answer)) return answer;
    if (performance.now() > deadline) expect.fail(`In vain: ${JSON.stringify(answer)}`);
    await delay(stage.pollMs);
  }
}
