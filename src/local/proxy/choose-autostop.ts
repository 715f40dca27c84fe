import type { Autostop } from '../fly/machine-host.js';

export interface AutostopCandidate {
  readonly id: string;
  readonly region: string;
  readonly started: boolean;
  readonly autostop: Autostop;
  readonly connections: number;
  /** When it was last used, or else first seen started. */
  readonly idleSinceMs: number;
}

/**
 * Which machines one pass puts to sleep: in each region the one that has been idle longest, if long enough. That it is
 * one and no more is Fly's: fly.io/docs/reference/fly-proxy-autostop-autostart
 */
export function chooseAutostop<T extends AutostopCandidate>(
  machines: readonly T[],
  nowMs: number,
  idleMs: number,
): T[] {
  const idle = machines
    .filter((one) => one.started && one.autostop !== 'off' && one.connections === 0)
    .filter((one) => nowMs - one.idleSinceMs >= idleMs)
    .toSorted((a, b) => a.idleSinceMs - b.idleSinceMs || (a.id < b.id ? -1 : 1));
  return [...Map.groupBy(idle, (one) => one.region).values()].flatMap((inRegion) => inRegion.slice(0, 1));
}
