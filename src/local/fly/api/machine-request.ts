import { z } from 'zod';
import { type MachineConfig, machineConfigSchema } from '../machines/config.js';
import { defaultGuest, guestFault, guestOfSize } from '../machines/guest.js';
import { FlyRefusal, refusals } from '../refusal.js';

const launch = {
  config: machineConfigSchema,
  region: z.exactOptional(z.string()),
  skip_launch: z.boolean().default(false),
  lease_ttl: z.exactOptional(z.int().nonnegative()),
};

export const createMachineSchema = z.object({ ...launch, name: z.exactOptional(z.string().min(1).max(63)) });

export const updateMachineSchema = z.object({ ...launch, current_version: z.exactOptional(z.string()) });

/**
 * The config as the API keeps it: a named size becomes a guest, and every machine has one.
 * @throws FlyRefusal 400 for a guest that cannot be had, 501 for what the emulator does not do
 */
export function resolveConfig(request: { config: MachineConfig; lease_ttl?: number }): MachineConfig {
  if ((request.lease_ttl ?? 0) > 0) throw new FlyRefusal(501, 'not implemented by the emulator: lease_ttl');
  const { size, ...config } = request.config;
  if (size !== undefined && config.guest !== undefined) throw refusals.invalid('config.size excludes config.guest');
  const guest = size === undefined ? (config.guest ?? defaultGuest) : guestOfSize(size);
  if (guest === undefined) throw refusals.invalid(`invalid config.size ${size}`);
  const fault = guestFault(guest);
  if (fault !== undefined) throw refusals.invalid(fault);
  return { ...config, guest };
}
