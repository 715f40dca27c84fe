import type { Scenario } from './scenario.js';
import { createScenarios } from './scenarios/create.js';

/** The whole contract: what is true of Fly and must be true of the emulator. */
export const scenarios: readonly Scenario[] = [...createScenarios];
