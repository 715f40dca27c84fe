import { z } from 'zod';
import { overviewConfig } from './config.js';
import { machineState } from './machine.js';
import { machineId, time, ulid, words } from './values.js';
import { orgVolume } from './volume.js';

/** Newer revisions leave `instance_id` out. */
const orgMachine = z.strictObject({
  id: machineId,
  app_name: z.string(),
  name: z.string(),
  state: machineState,
  region: z.string(),
  instance_id: z.exactOptional(ulid),
  version: z.exactOptional(ulid),
  private_ip: z.exactOptional(z.ipv6()),
  created_at: time,
  updated_at: time,
  config: z.exactOptional(overviewConfig),
});

const pageEnd = {
  next_cursor: z.exactOptional(z.string()),
  last_updated_at: z.exactOptional(z.string()),
  error_regions: z.exactOptional(words),
};

export const orgMachines = z.strictObject({
  machines: z.array(orgMachine),
  last_machine_id: z.exactOptional(z.string()),
  ...pageEnd,
});

export const orgVolumes = z.strictObject({
  volumes: z.array(orgVolume),
  last_volume_id: z.exactOptional(z.string()),
  // The facts name it for both lists.
  last_machine_id: z.exactOptional(z.string()),
  ...pageEnd,
});
