import { z } from 'zod';
import { machineId, strings } from './values.js';

const rule = z.strictObject({
  action: z.literal('allow'),
  direction: z.enum(['ingress', 'egress']),
  ports: z.exactOptional(
    z.array(z.strictObject({ protocol: z.string(), port: z.exactOptional(z.union([z.int(), z.string()])) })),
  ),
});

const fields = {
  name: z.string(),
  selector: z.strictObject({
    all: z.exactOptional(z.boolean()),
    machines: z.exactOptional(z.array(z.strictObject({ id: machineId }))),
    metadata: z.exactOptional(strings),
  }),
  rules: z.array(rule),
};

/** Not in the published document. Source: fly.io/docs/machines/guides-examples/network-policies. */
export const networkPolicyRequest = z.strictObject({ ...fields, id: z.exactOptional(z.string()) });
export const networkPolicy = z.strictObject({ ...fields, id: z.string() });
