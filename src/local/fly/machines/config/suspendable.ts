import { guestOf } from './guest-of.js';
import type { MachineConfig } from './schema.js';

/** Why this machine cannot be suspended; undefined when it can. Source: fly.io/docs/reference/suspend-resume. */
export function suspendObstacle(config: MachineConfig, maxMemoryMb: number): string | undefined {
  const { memory_mb: memoryMb, gpus = 0, gpu_kind: gpuKind } = guestOf(config);
  if (memoryMb > maxMemoryMb) return `machines with more than ${maxMemoryMb} MiB of memory`;
  if ((config.init?.swap_size_mb ?? 0) > 0) return 'machines with swap';
  if (config.schedule !== undefined) return 'machines with a schedule';
  if (gpus > 0 || gpuKind !== undefined) return 'machines with a GPU';
  return undefined;
}
