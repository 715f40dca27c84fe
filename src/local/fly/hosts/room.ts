import type { Host } from './hosts.js';

export interface RegionRoom {
  readonly region: string;
  readonly count: number;
  /** Hosts that would take part. */
  readonly concurrency: number;
}

/** A new organisation of Fly's has about as many machines. */
export const machineLimit = 50;

/**
 * Where so many machines would go: all to the first of the regions that has room, since a host here takes any number
 * until it is full. For none the limit of each region that has room. A hint: nothing is reserved.
 */
export function roomFor(count: number, regions: readonly string[], hosts: readonly Host[]): readonly RegionRoom[] {
  const open = regions
    .map((region) => ({
      region,
      concurrency: hosts.filter((host) => host.region === region && host.reachable && !host.full).length,
    }))
    .filter(({ concurrency }) => concurrency > 0);
  if (count === 0) return open.map((region) => ({ ...region, count: machineLimit }));
  return open.slice(0, 1).map((region) => ({ ...region, count: Math.min(count, machineLimit) }));
}

/** Regions of which no host can be reached. */
export function lostRegions(hosts: readonly Host[]): readonly string[] {
  const reached = new Set(hosts.filter((host) => host.reachable).map((host) => host.region));
  return [...new Set(hosts.map((host) => host.region))].filter((region) => !reached.has(region));
}
