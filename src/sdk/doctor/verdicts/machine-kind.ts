import { failure, ok, type Verdict, warning } from '../finding.js';

/** A tag can be moved, and Valet cannot see it: machines of one configuration would run different programs. */
export function judgeImage(image: string): Verdict {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return ok('The image is pinned by its digest.');
  if (image.includes('@')) {
    return failure(
      `VALET_FLY_IMAGE ends in a digest that is none: ${image}.`,
      'Write it as NAME@sha256: and 64 hexadecimal digits.',
    );
  }
  return warning(
    `VALET_FLY_IMAGE names ${image} by a tag only: once that moves, machines that count as alike run different programs.`,
    'Set it to NAME@sha256:DIGEST, which "fly image show" or "docker buildx imagetools inspect" prints.',
  );
}

export interface MachineKind {
  readonly vmSize: string;
  readonly memoryMb: number;
  readonly standby: 'started' | 'suspended';
}

/** fly.io/docs/reference/suspend-resume. Swap, GPUs and schedules, which also forbid it, Valet never configures. */
const mostSuspendableMb = 2_048;

/** Megabytes for each CPU, and steps: superfly/fly-go, machine_types.go. */
const rules = {
  'shared-cpu': { cpus: [1, 2, 4, 6, 8], leastMb: 256, mostMb: 2_048, stepMb: 256 },
  performance: { cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16], leastMb: 2_048, mostMb: 8_192, stepMb: 1_024 },
} as const;

export function judgeSize({ vmSize, memoryMb, standby }: MachineKind): Verdict {
  const kind = vmSize.startsWith('performance') ? 'performance' : 'shared-cpu';
  const cpus = Number(/-(\d+)x$/.exec(vmSize)?.[1] ?? 0);
  const { leastMb, mostMb, stepMb, cpus: offered } = rules[kind];
  if (!offered.some((count) => count === cpus)) {
    return failure(
      `Fly has no size ${vmSize}.`,
      `Set VALET_FLY_VM_SIZE to ${kind}- and one of ${offered.join('x, ')}x.`,
    );
  }
  const [least, most] = [leastMb * cpus, mostMb * cpus];
  if (memoryMb < least || memoryMb > most || memoryMb % stepMb !== 0) {
    return failure(
      `Fly refuses ${vmSize} with ${memoryMb} MB.`,
      `Set VALET_FLY_VM_MEMORY_MB to a multiple of ${stepMb} from ${least} to ${most}, or another VALET_FLY_VM_SIZE.`,
    );
  }
  if (memoryMb <= mostSuspendableMb) return ok(`Fly can suspend ${vmSize} with ${memoryMb} MB.`);
  const found = `Fly suspends no machine with more than ${mostSuspendableMb} MB, and this has ${memoryMb}: it is stopped instead`;
  const mend = `Set VALET_FLY_VM_MEMORY_MB to ${mostSuspendableMb} or less, with a VALET_FLY_VM_SIZE that allows it.`;
  if (standby === 'suspended') return failure(`${found}, and WARM_POOL_STANDBY=suspended cannot work.`, mend);
  return warning(`${found}, so that each wake is a boot.`, mend);
}
