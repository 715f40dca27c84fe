import type { Clock } from '../../clock.js';
import type { Apps } from '../apps/apps.js';
import type { FlyCall } from '../calls.js';
import type { FlyFaults } from '../faults/faults.js';
import type { Hosts } from '../hosts/hosts.js';
import type { Pace } from '../pace/pace.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';

/** All that the control API shows and changes. */
export interface ControlSources {
  readonly version: string | undefined;
  readonly org: string;
  readonly apps: Apps;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly faults: FlyFaults;
  readonly hosts: Hosts;
  readonly rateLimits: RateLimits;
  readonly unconfirmed: UnconfirmedAnswers;
  readonly machines: MachineControl;
  /** Every call of the Machines API. */
  readonly calls: readonly FlyCall[];
}

/** What can be done to a machine that no call of Fly's does. */
export interface MachineControl {
  /** Ends its program as a crash would. False when none runs. @throws when there is no such machine */
  crash(machineId: string): boolean;
  /** As Fly does when it empties a host; undefined where that is not to be had. @throws when it cannot be moved */
  readonly migrate?: (machineId: string) => void;
}
