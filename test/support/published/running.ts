import { z } from 'zod';
import { duration, stopSignal, whole, words } from './values.js';

/** How a machine's program begins and ends. */
export const machineInit = z.strictObject({
  exec: z.exactOptional(words),
  entrypoint: z.exactOptional(words),
  cmd: z.exactOptional(words),
  tty: z.exactOptional(z.boolean()),
  kernel_args: z.exactOptional(words),
  swap_size_mb: z.exactOptional(whole),
});

export const machineRestart = z.strictObject({
  policy: z.exactOptional(z.enum(['no', 'always', 'on-failure', 'spot-price'])),
  max_retries: z.exactOptional(whole),
  gpu_bid_price: z.exactOptional(z.number()),
});

export const stopConfig = z.strictObject({
  signal: z.exactOptional(stopSignal),
  timeout: z.exactOptional(duration),
});
