import type { Clock } from '../../clock.js';
import type { Pace } from '../pace/pace.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import { viewFault } from './fault-routes.js';
import type { ControlSources } from './sources.js';

/** All that there is to control, as it is now. */
export function viewEmulator(sources: ControlSources): unknown {
  const { version, org, apps, clock, pace, faults, hosts, rateLimits, unconfirmed } = sources;
  return {
    version: version ?? null,
    org,
    apps: apps.list(org).map(({ name, network }) => ({ name, network })),
    clock: viewClock(clock),
    pace: viewPace(pace),
    faults: faults.list().map(viewFault),
    hosts: hosts.list(),
    rate_limits: viewRateLimits(rateLimits),
    unconfirmed: unconfirmed.now,
  };
}

export function viewClock(clock: Clock): unknown {
  return { now: new Date(clock.nowMs()).toISOString(), held: clock.held };
}

export function viewPace({ profile, spans, answers }: Pace): unknown {
  return { profile, timings: spans, answers };
}

export function viewRateLimits({ isOn }: RateLimits): unknown {
  return { on: isOn };
}
