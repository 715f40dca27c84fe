import type { Scenario } from './scenario.js';
import { appScenarios } from './scenarios/apps.js';
import { clientScenarios } from './scenarios/client.js';
import { createScenarios } from './scenarios/create.js';
import { leaseScenarios } from './scenarios/leases.js';
import { metadataScenarios } from './scenarios/metadata.js';
import { refusalScenarios } from './scenarios/refusals.js';
import { runningScenarios } from './scenarios/running.js';
import { stateScenarios } from './scenarios/states.js';
import { suspendScenarios } from './scenarios/suspend.js';
import { updateScenarios } from './scenarios/update.js';
import { volumeScenarios } from './scenarios/volumes.js';
import { waitScenarios } from './scenarios/wait.js';

/** The whole contract: what is true of Fly and must be true of the emulator. */
export const scenarios: readonly Scenario[] = [
  ...refusalScenarios,
  ...createScenarios,
  ...waitScenarios,
  ...stateScenarios,
  ...suspendScenarios,
  ...updateScenarios,
  ...metadataScenarios,
  ...leaseScenarios,
  ...volumeScenarios,
  ...runningScenarios,
  ...appScenarios,
  ...clientScenarios,
];
