import { ValetError } from '../errors.js';
import type { FlyGuest } from '../fly/wire.js';

const sizeName = /^(shared-cpu|performance)-(\d+)x$/;

/**
 * A guest from one of Fly's named sizes, with our own memory (fly.io/docs/about/pricing names the sizes).
 *
 * @throws ValetError `config_invalid`
 */
export function guestOf(vmSize: string, memoryMb: number): FlyGuest {
  const [, kind, cpus] = sizeName.exec(vmSize) ?? [];
  if (kind === undefined || cpus === undefined) {
    throw new ValetError(
      'config_invalid',
      `VALET_FLY_VM_SIZE is ${JSON.stringify(vmSize)}, which is no size of Fly's.`,
      {
        hint: 'Use a name such as shared-cpu-1x or performance-2x.',
      },
    );
  }
  return { cpu_kind: kind === 'performance' ? 'performance' : 'shared', cpus: Number(cpus), memory_mb: memoryMb };
}
