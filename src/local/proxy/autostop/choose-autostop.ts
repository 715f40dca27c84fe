import type { Autostop } from '../../fly/machine-host.js';

export interface AutostopCandidate {
  readonly id: string;
  readonly region: string;
  readonly started: boolean;
  readonly autostop: Autostop;
  /** Its open requests or connections. */
  readonly load: number;
  readonly softLimit: number;
  readonly minMachinesRunning: number;
  /** Since when nothing has begun or ended on it; if it was never used, when it was first seen started. */
  readonly quietSinceMs: number;
}

export interface AutostopRule {
  readonly nowMs: number;
  /** For so long nothing may have begun or ended on a machine. */
  readonly idleMs: number;
  readonly primaryRegion: string;
}

/**
 * Which of an app's machines one pass puts to sleep, at most one per region. Where several run, that may be a machine
 * with open requests below its soft limit: Fly asks only whether the others could carry the load. The least loaded is
 * chosen, then the one that has been quiet longest; which one Fly takes is not known.
 * Source: fly.io/docs/reference/fly-proxy-autostop-autostart
 */
export function chooseAutostop<T extends AutostopCandidate>(machines: readonly T[], rule: AutostopRule): T[] {
  const running = machines.filter((one) => one.started);
  return [...Map.groupBy(running, (one) => one.region)].flatMap(([region, inRegion]) => {
    const kept = region === rule.primaryRegion ? Math.max(...inRegion.map((one) => one.minMachinesRunning)) : 0;
    return inRegion.length > kept && hasExcess(inRegion) ? leastNeeded(inRegion, rule) : [];
  });
}

function hasExcess(running: readonly AutostopCandidate[]): boolean {
  if (running.length === 1) return running[0]?.load === 0;
  const busy = running.filter((one) => one.load >= one.softLimit).length;
  return running.length - (busy + 1) >= 1;
}

function leastNeeded<T extends AutostopCandidate>(running: readonly T[], { nowMs, idleMs }: AutostopRule): T[] {
  return running
    .filter((one) => one.autostop !== 'off' && one.load < one.softLimit && nowMs - one.quietSinceMs >= idleMs)
    .toSorted((a, b) => a.load - b.load || a.quietSinceMs - b.quietSinceMs || (a.id < b.id ? -1 : 1))
    .slice(0, 1);
}
