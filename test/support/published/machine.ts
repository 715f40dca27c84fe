import { z } from 'zod';
import { checkStatus } from './checks.js';
import { machineConfig } from './config.js';
import { machineEvent } from './event.js';
import { leaseData } from './lease.js';
import { hostStatus, machineId, strings, time, ulid, whole } from './values.js';

/** A newer API may answer a state that is not among them; the emulator may not. */
export const machineState = z.enum([
  'created',
  'creating',
  'starting',
  'started',
  'stopping',
  'stopped',
  'restarting',
  'suspending',
  'suspended',
  'updating',
  'replacing',
  'replaced',
  'destroying',
  'destroyed',
  'failed',
  'launch_failed',
  'migrated',
]);

const imageRef = z.strictObject({
  registry: z.exactOptional(z.string()),
  repository: z.exactOptional(z.string()),
  tag: z.exactOptional(z.string()),
  digest: z.exactOptional(z.string()),
  labels: z.exactOptional(strings),
});

const summary = {
  id: machineId,
  name: z.string(),
  state: machineState,
  region: z.string(),
  instance_id: z.exactOptional(ulid),
  version: z.exactOptional(ulid),
  private_ip: z.exactOptional(z.ipv6()),
  image_ref: z.exactOptional(imageRef),
  created_at: time,
  updated_at: time,
};

/** With `summary=true`. */
export const machineSummary = z.strictObject({ ...summary, cordoned: z.exactOptional(z.boolean()) });

/** While the host cannot be reached `config` may be missing, and `incomplete_config` there instead. */
export const machine = z.strictObject({
  ...summary,
  config: z.exactOptional(machineConfig),
  incomplete_config: z.exactOptional(machineConfig.partial()),
  events: z.exactOptional(z.array(machineEvent)),
  checks: z.exactOptional(z.array(checkStatus)),
  host_status: z.exactOptional(hostStatus),
  nonce: z.exactOptional(z.string().min(1)),
  // From newer revisions.
  cordoned: z.exactOptional(z.boolean()),
  host_features: z.exactOptional(z.unknown()),
  lease: z.exactOptional(leaseData.partial().nullable()),
  containers: z.exactOptional(z.array(z.strictObject({ name: z.string(), state: z.string() }))),
});

const launch = {
  config: machineConfig,
  region: z.exactOptional(z.string()),
  name: z.exactOptional(z.string()),
  skip_launch: z.exactOptional(z.boolean()),
  skip_service_registration: z.exactOptional(z.boolean()),
  lease_ttl: z.exactOptional(whole),
  skip_secrets: z.exactOptional(z.boolean()),
  min_secrets_version: z.exactOptional(whole),
  lsvd: z.exactOptional(z.boolean()),
};

export const createMachineRequest = z.strictObject(launch);
export const updateMachineRequest = z.strictObject({ ...launch, current_version: z.exactOptional(z.string()) });

/** The vendor's client knows `message` and `status` as well. */
export const startAnswer = z.strictObject({
  previous_state: machineState,
  migrated: z.exactOptional(z.boolean()),
  new_host: z.exactOptional(z.string()),
  message: z.exactOptional(z.string()),
  status: z.exactOptional(z.string()),
});

export const machineVersions = z.array(z.strictObject({ version: ulid, user_config: machineConfig }));

/** Older servers answer `ok` alone. */
export const waitAnswer = z.strictObject({
  ok: z.literal(true),
  state: z.exactOptional(machineState),
  version: z.exactOptional(ulid),
  event_id: z.exactOptional(ulid),
});
