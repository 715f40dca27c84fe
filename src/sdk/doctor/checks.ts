import { type Check, checksWith } from './check.js';
import { databaseChecks } from './checks/database.js';
import { flyChecks } from './checks/fly.js';
import { installationChecks } from './checks/installation.js';
import { machineChecks } from './checks/machines.js';
import { serverChecks } from './checks/server.js';
import { storeChecks } from './checks/store.js';
import type { Probes } from './probes.js';
import { judgeConfiguration } from './verdicts/configuration.js';

/** Every check, in the order in which they are told; none needs one that comes after it. */
export function checksOf(probes: Probes): Check[] {
  const configuration = { usable: true, value: probes.description } as const;
  return [
    ...checksWith('configuration', configuration, [{ name: 'configuration', run: judgeConfiguration }]),
    ...databaseChecks(probes),
    ...serverChecks(probes),
    ...flyChecks(probes),
    ...storeChecks(probes),
    ...machineChecks(probes),
    ...installationChecks(probes),
  ];
}
