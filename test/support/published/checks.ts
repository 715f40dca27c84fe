import { z } from 'zod';
import { duration, time, words } from './values.js';

export const httpHeader = z.strictObject({ name: z.string(), values: words });

const probe = {
  type: z.exactOptional(z.enum(['tcp', 'http'])),
  port: z.exactOptional(z.int()),
  interval: z.exactOptional(duration),
  timeout: z.exactOptional(duration),
  grace_period: z.exactOptional(duration),
  method: z.exactOptional(z.string()),
  path: z.exactOptional(z.string()),
  protocol: z.exactOptional(z.string()),
  headers: z.exactOptional(z.array(httpHeader)),
  tls_server_name: z.exactOptional(z.string()),
  tls_skip_verify: z.exactOptional(z.boolean()),
};

/** A check of a service: while it fails the proxy sends nothing there. */
export const serviceCheck = z.strictObject(probe);

/** A check of the machine itself, one of the named ones in its config. */
export const machineCheck = z.strictObject({ ...probe, kind: z.exactOptional(z.enum(['informational', 'readiness'])) });

/** How a check goes. */
export const checkStatus = z.strictObject({
  name: z.string(),
  status: z.enum(['passing', 'warning', 'critical']),
  output: z.exactOptional(z.string()),
  updated_at: z.exactOptional(time),
});
