import type { Scenario } from './scenario.js';
import { appResourceScenarios } from './scenarios/app-resources.js';
import { appScenarios } from './scenarios/apps.js';
import { badCreateScenarios } from './scenarios/bad-creates.js';
import { clientScenarios } from './scenarios/client.js';
import { createScenarios } from './scenarios/create.js';
import { faultScenarios } from './scenarios/faults.js';
import { hostScenarios } from './scenarios/hosts.js';
import { leaseScenarios } from './scenarios/leases.js';
import { limitScenarios } from './scenarios/limits.js';
import { metadataScenarios } from './scenarios/metadata.js';
import { platformScenarios } from './scenarios/platform.js';
import { proxyScenarios } from './scenarios/proxy.js';
import { proxyOpenPoints } from './scenarios/proxy-open-points.js';
import { refusalScenarios } from './scenarios/refusals.js';
import { runningScenarios } from './scenarios/running.js';
import { stateScenarios } from './scenarios/states.js';
import { suspendScenarios } from './scenarios/suspend.js';
import { tellingScenarios } from './scenarios/telling.js';
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
  ...badCreateScenarios,
  ...tellingScenarios,
  ...platformScenarios,
  ...appResourceScenarios,
  ...clientScenarios,
  ...hostScenarios,
  ...faultScenarios,
  ...limitScenarios,
  ...proxyScenarios,
  ...proxyOpenPoints,
];
