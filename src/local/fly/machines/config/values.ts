import { z } from 'zod';
import { formatDuration, parseDurationMs } from '../duration.js';

export const whole = z.int().nonnegative();
export const port = z.int().min(1).max(65_535);
export const strings = z.array(z.string());
export const stringMap = z.record(z.string(), z.string());

/** A Go string or whole nanoseconds; replies hold the string. */
export const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms = parseDurationMs(value);
  if (ms !== undefined) return formatDuration(ms);
  context.addIssue({ code: 'custom', message: `time: invalid duration "${value}"` });
  return z.NEVER;
});

export const stopSignals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const;
export const stopSignal = z.enum(stopSignals);
export type StopSignal = z.infer<typeof stopSignal>;

export const restart = z.object({
  policy: z.exactOptional(z.enum(['no', 'always', 'on-failure', 'spot-price'])),
  max_retries: z.exactOptional(whole),
  gpu_bid_price: z.exactOptional(z.number()),
});

export const stopConfig = z.object({ signal: z.exactOptional(stopSignal), timeout: z.exactOptional(duration) });

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'illegal base64 data');

export const file = z.object({
  guest_path: z.string().startsWith('/'),
  raw_value: z.exactOptional(base64),
  secret_name: z.exactOptional(z.string()),
  image_config: z.exactOptional(z.string()),
  mode: z.exactOptional(whole),
});
