import { z } from 'zod';
import { file, restart, stopConfig, stringMap, strings, whole } from './values.js';

/** Parts of a machine that the emulator keeps and shows, and does not run: it runs one program per machine. */

const envFrom = z.array(z.object({ env_var: z.string(), field_ref: z.exactOptional(z.string()) }));
const secrets = z.array(z.object({ env_var: z.string(), name: z.exactOptional(z.string()) }));
const command = {
  cmd: z.exactOptional(strings),
  entrypoint: z.exactOptional(strings),
  exec: z.exactOptional(strings),
  env: z.exactOptional(stringMap),
  env_from: z.exactOptional(envFrom),
  secrets: z.exactOptional(secrets),
  user: z.exactOptional(z.string()),
};

export const machineProcess = z.object({ ...command, ignore_app_secrets: z.exactOptional(z.boolean()) });

const healthcheck = z.object({
  name: z.exactOptional(z.string()),
  kind: z.exactOptional(z.enum(['readiness', 'liveness'])),
  unhealthy: z.exactOptional(z.enum(['stop'])),
  interval: z.exactOptional(whole),
  timeout: z.exactOptional(whole),
  grace_period: z.exactOptional(whole),
  failure_threshold: z.exactOptional(whole),
  success_threshold: z.exactOptional(whole),
  exec: z.exactOptional(z.object({ command: strings })),
  http: z.exactOptional(z.looseObject({})),
  tcp: z.exactOptional(z.looseObject({})),
});

const condition = z.enum(['exited_successfully', 'healthy', 'started']);

export const container = z.object({
  ...command,
  name: z.string(),
  image: z.string(),
  depends_on: z.exactOptional(z.array(z.object({ name: z.string(), condition: z.exactOptional(condition) }))),
  files: z.exactOptional(z.array(file)),
  healthchecks: z.exactOptional(z.array(healthcheck)),
  restart: z.exactOptional(restart),
  stop: z.exactOptional(stopConfig),
});
