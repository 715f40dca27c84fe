import { createHash, randomBytes } from 'node:crypto';
import type { NewMachine } from '../database/machines.js';
import { configHash, type MachineTemplate } from './machine-config.js';

const idBytes = 8;
const environmentHashChars = 8;

/**
 * A row for a machine that does not exist yet. Its names at Fly are made here, before any call, so that what a lost
 * answer left behind can be found again. Volumes have no metadata, so their name (at most 30 characters) carries both
 * the environment and the row.
 */
export function newMachine(
  template: MachineTemplate,
  where: { readonly flyApp: string; readonly region: string },
): NewMachine {
  const id = randomBytes(idBytes).toString('hex');
  const stamp = environmentStamp(template.environment);
  return {
    id,
    environment: template.environment,
    flyApp: where.flyApp,
    name: `valet-${stamp}-${id}`,
    volumeName: `v${stamp}_${id}`,
    region: where.region,
    image: template.image,
    configHash: configHash(template),
  };
}

/** The environment, short enough for a volume's name. */
export function environmentStamp(environment: string): string {
  return createHash('sha256').update(environment).digest('hex').slice(0, environmentHashChars);
}
