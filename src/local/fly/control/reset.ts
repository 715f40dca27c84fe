import type { ControlSources } from './sources.js';

/** Everything that can be controlled as it was at the start; machines, volumes and apps stay as they are. */
export function reset(sources: ControlSources): void {
  const { clock, pace, faults, hosts, rateLimits, unconfirmed } = sources;
  faults.clear();
  pace.reset();
  rateLimits.reset();
  unconfirmed.reset();
  for (const { id } of hosts.list()) {
    hosts.setFull(id, false);
    hosts.setReachable(id, true);
  }
  // Last: what goes on then goes on at the pace that holds again.
  clock.release();
}
