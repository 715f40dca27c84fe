import { z } from 'zod';
import { type MachineConfig, machineConfigSchema } from '../machines/config/schema.js';
import { defaultGuest, guestFault, guestOfSize } from '../machines/guest.js';
import { refusals } from '../refusal.js';

/** Fly's is not published; with a year the time of its end stays a date. */
export const maxLeaseTtlSecs = 366 * 24 * 60 * 60;

const launch = {
  config: machineConfigSchema,
  region: z.exactOptional(z.string()),
  skip_launch: z.boolean().default(false),
  skip_service_registration: z.boolean().default(false),
  lease_ttl: z.int().nonnegative().max(maxLeaseTtlSecs).default(0),
  skip_secrets: z.boolean().default(false),
  min_secrets_version: z.exactOptional(z.int().nonnegative()),
};

export const createMachineSchema = nullsDropped(
  z.object({ ...launch, name: z.exactOptional(z.string().min(1).max(63)) }),
);

export const updateMachineSchema = nullsDropped(z.object({ ...launch, current_version: z.exactOptional(z.string()) }));

/**
 * The config as the API keeps it: a named size becomes a guest, and every machine has one.
 * @throws FlyRefusal 400 for a guest that cannot be had
 */
export function resolveConfig(request: { config: MachineConfig }): MachineConfig {
  const { size, ...config } = request.config;
  if (size !== undefined && config.guest !== undefined) throw refusals.invalid('config.size excludes config.guest');
  const guest = size === undefined ? (config.guest ?? defaultGuest) : guestOfSize(size);
  if (guest === undefined) throw refusals.invalid(`invalid config.size ${size}`);
  const fault = guestFault(guest);
  if (fault !== undefined) throw refusals.invalid(fault);
  return { ...config, guest };
}

/** To a Go server `null` says no more than silence. */
function nullsDropped<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(withoutNulls, schema);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutNulls(part)]));
}
