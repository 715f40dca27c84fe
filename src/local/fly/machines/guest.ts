import type { FlyGuest } from '../../../sdk/fly/wire.js';
import { errorDetail } from '../catalogue.js';

/** What a machine gets that asks for nothing. */
export const defaultGuest: FlyGuest = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 };

/** Memory per CPU and its steps in MB. Source: fly.io/docs/machines/guides-examples/machine-sizing. */
const rules = {
  shared: { cpus: [1, 2, 4, 6, 8], minMb: 256, maxMb: 2048, stepMb: 256 },
  performance: { cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16, 32, 64, 128], minMb: 2048, maxMb: 8192, stepMb: 1024 },
} as const;

/** Why no machine of this size can be had; undefined when it can. */
export function guestFault(guest: FlyGuest): string | undefined {
  const rule = rules[guest.cpu_kind];
  if (!rule.cpus.some((cpus) => cpus === guest.cpus)) {
    return errorDetail('400-cpus', { what: `${guest.cpu_kind} machines have ${rule.cpus.join(', ')}` });
  }
  const [min, max] = [rule.minMb * guest.cpus, rule.maxMb * guest.cpus];
  if (guest.memory_mb < min) return errorDetail('400-memory-too-small', { limit: String(min) });
  if (guest.memory_mb > max) return errorDetail('400-memory-too-large', { limit: String(max) });
  if (guest.memory_mb % rule.stepMb === 0) return undefined;
  return `invalid config.guest.memory_mb, must be a multiple of ${rule.stepMb} MiB`;
}

/** The guest of a named size such as `shared-cpu-2x`, at its least memory; undefined for a name that is none. */
export function guestOfSize(size: string): FlyGuest | undefined {
  const [, kind, cpus] = /^(shared-cpu|performance)-(\d+)x$/.exec(size) ?? [];
  if (kind === undefined) return undefined;
  const cpuKind = kind === 'performance' ? 'performance' : 'shared';
  const guest: FlyGuest = {
    cpu_kind: cpuKind,
    cpus: Number(cpus),
    memory_mb: rules[cpuKind].minMb * Number(cpus),
  };
  return guestFault(guest) === undefined ? guest : undefined;
}
