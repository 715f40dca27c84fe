import { z } from 'zod';
import { defaultGuest, guestFault } from '../machines/guest.js';
import { optional } from './optional.js';

/** The size of a coming machine, where it only helps to find it a place: checked, whatever is left out as by default. */
export const computeSchema = z
  .object({
    cpu_kind: optional(z.enum(['shared', 'performance'])),
    cpus: optional(z.int()),
    memory_mb: optional(z.int()),
  })
  .check(({ value, issues }) => {
    const { cpu_kind = defaultGuest.cpu_kind, cpus = defaultGuest.cpus, memory_mb = defaultGuest.memory_mb } = value;
    const fault = guestFault({ cpu_kind, cpus, memory_mb });
    if (fault !== undefined) issues.push({ code: 'custom', message: fault, input: value });
  });
