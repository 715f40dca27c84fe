import { defaultGuest } from '../guest.js';
import type { MachineConfig } from './schema.js';

/** What the machine has, or gets because it asks for nothing. */
export function guestOf(config: MachineConfig): NonNullable<MachineConfig['guest']> {
  return config.guest ?? defaultGuest;
}
