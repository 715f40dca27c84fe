import { z } from 'zod';
import { httpHeader } from './checks.js';
import { machineRestart, stopConfig } from './running.js';
import { strings, whole, words } from './values.js';

/** `raw_value` is base64. */
export const machineFile = z.strictObject({
  guest_path: z.string(),
  raw_value: z.exactOptional(z.string()),
  secret_name: z.exactOptional(z.string()),
  image_config: z.exactOptional(z.string()),
  mode: z.exactOptional(whole),
});

const secretInEnv = z.strictObject({ env_var: z.string(), name: z.exactOptional(z.string()) });
const fieldInEnv = z.strictObject({
  env_var: z.string(),
  field_ref: z.enum(['id', 'version', 'app_name', 'private_ip', 'region', 'image']),
});

const program = {
  exec: z.exactOptional(words),
  entrypoint: z.exactOptional(words),
  cmd: z.exactOptional(words),
  user: z.exactOptional(z.string()),
  env: z.exactOptional(strings),
  env_from: z.exactOptional(z.array(fieldInEnv)),
  secrets: z.exactOptional(z.array(secretInEnv)),
};

export const machineProcess = z.strictObject({ ...program, ignore_app_secrets: z.exactOptional(z.boolean()) });

const healthcheck = z.strictObject({
  name: z.exactOptional(z.string()),
  kind: z.exactOptional(z.enum(['readiness', 'liveness'])),
  unhealthy: z.exactOptional(z.literal('stop')),
  interval: z.exactOptional(whole),
  timeout: z.exactOptional(whole),
  grace_period: z.exactOptional(whole),
  success_threshold: z.exactOptional(whole),
  failure_threshold: z.exactOptional(whole),
  tcp: z.exactOptional(z.strictObject({ port: z.int() })),
  exec: z.exactOptional(z.strictObject({ command: words })),
  http: z.exactOptional(
    z.strictObject({
      port: z.int(),
      method: z.exactOptional(z.string()),
      path: z.exactOptional(z.string()),
      scheme: z.exactOptional(z.enum(['http', 'https'])),
      headers: z.exactOptional(z.array(httpHeader)),
      tls_server_name: z.exactOptional(z.string()),
      tls_skip_verify: z.exactOptional(z.boolean()),
    }),
  ),
});

export const machineContainer = z.strictObject({
  ...program,
  name: z.string(),
  image: z.string(),
  files: z.exactOptional(z.array(machineFile)),
  restart: z.exactOptional(machineRestart),
  stop: z.exactOptional(stopConfig),
  depends_on: z.exactOptional(
    z.array(z.strictObject({ name: z.string(), condition: z.enum(['exited_successfully', 'healthy', 'started']) })),
  ),
  healthchecks: z.exactOptional(z.array(healthcheck)),
  mounts: z.exactOptional(z.array(z.strictObject({ name: z.string(), path: z.string() }))),
});

/** A folder that several containers share; not a volume of the app's. */
export const sharedVolume = z.strictObject({
  name: z.string(),
  image: z.exactOptional(z.string()),
  temp_dir: z.exactOptional(
    z.strictObject({ storage_type: z.enum(['disk', 'memory']), size_mb: z.exactOptional(whole) }),
  ),
});
