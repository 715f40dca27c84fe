import { z } from 'zod';
import { duration, port, strings } from './values.js';

const common = {
  type: z.enum(['tcp', 'http']),
  port: z.exactOptional(port),
  interval: z.exactOptional(duration),
  timeout: z.exactOptional(duration),
  grace_period: z.exactOptional(duration),
  method: z.exactOptional(z.string()),
  path: z.exactOptional(z.string()),
  protocol: z.exactOptional(z.enum(['http', 'https'])),
  headers: z.exactOptional(z.array(z.object({ name: z.string(), values: strings }))),
  tls_server_name: z.exactOptional(z.string()),
  tls_skip_verify: z.exactOptional(z.boolean()),
};

export const serviceCheck = z.object(common);

export const machineCheck = z.object({ ...common, kind: z.exactOptional(z.enum(['informational', 'readiness'])) });

/** Of a service or of the machine as a whole. */
export type CheckConfig = z.infer<typeof serviceCheck>;
