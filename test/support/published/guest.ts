import { z } from 'zod';
import { whole, words } from './values.js';

export const persistRootfs = z.enum(['never', 'restart', 'always']);

export const machineGuest = z.strictObject({
  cpu_kind: z.exactOptional(z.enum(['shared', 'performance'])),
  cpus: z.exactOptional(whole),
  memory_mb: z.exactOptional(whole),
  max_memory_mb: z.exactOptional(whole),
  gpus: z.exactOptional(whole),
  gpu_kind: z.exactOptional(z.string()),
  host_dedication_id: z.exactOptional(z.string()),
  kernel_args: z.exactOptional(words),
  persist_rootfs: z.exactOptional(persistRootfs),
});
