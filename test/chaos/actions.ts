/** What can happen in a run, as data: the same list makes the same run again, as far as real processes can. */
import type { FlyCall } from '../../src/local/fly/calls.js';
import type { FaultEffect } from '../../src/local/fly/faults/fault.js';
import type { Verdict } from '../support/outward-calls.js';
import type { Side } from './world.js';

export type ProjectName = 'a' | 'b';

/** The n-th outward call from now on, or the next of that name. */
export type Point = number | string;

export type Action =
  | { readonly do: 'create'; readonly project: ProjectName; readonly at: Side }
  /** A user's request: routed, brought to the machine, and everything that was acknowledged must be there. */
  | { readonly do: 'visit'; readonly project: ProjectName; readonly at: Side; readonly write: boolean }
  | { readonly do: 'wake' | 'archive' | 'undo' | 'delete'; readonly project: ProjectName; readonly at: Side }
  /** From the current archive, or from the oldest that is left. */
  | { readonly do: 'restore'; readonly project: ProjectName; readonly from: 'current' | 'oldest'; readonly at: Side }
  /** For 0 seconds: the hold ends. */
  | { readonly do: 'hold'; readonly project: ProjectName; readonly forSecs: number; readonly at: Side }
  | { readonly do: 'pool'; readonly what: 'drain' | 'pause' | 'resume'; readonly at: Side }
  /** One pass of a background task. */
  | { readonly do: 'task'; readonly name: string; readonly at: Side }
  | { readonly do: 'travel'; readonly by: string }
  /** Fly suspends the project's machine, as it does with what is quiet. */
  | { readonly do: 'suspend'; readonly project: ProjectName }
  /** The project's machine is gone at Fly, and its volume is there. */
  | { readonly do: 'lose'; readonly project: ProjectName }
  /** What happens to one call of an instance. One that dies is replaced. */
  | { readonly do: 'break'; readonly at: Side; readonly when: Point; readonly how: Exclude<Verdict, 'pass'> }
  /** An instance stops before a call, and nothing leaves it until it goes on. */
  | { readonly do: 'pause'; readonly at: Side; readonly when: Point }
  | { readonly do: 'go on'; readonly at: Side }
  /** Calls that were late arrive, so often. */
  | { readonly do: 'arrive'; readonly at: Side; readonly times: 1 | 2 }
  /** News by NOTIFY no longer reach an instance, or do again. */
  | { readonly do: 'deafen' | 'hear'; readonly at: Side }
  | { readonly do: 'fault'; readonly call: FlyCall | '*'; readonly effect: FaultEffect; readonly times: number }
  /** What happens to the next upload of a machine; only half of it may arrive. */
  | { readonly do: 'upload'; readonly how: 'halve' | 'refuse' | 'lose_answer' | 'twice' }
  /** Once, a call about the project's machine does not know it. */
  | { readonly do: 'deny'; readonly project: ProjectName };

export interface Step {
  readonly action: Action;
  /** Whether the next step waits for its end: at most a while, and not while its instance is paused. */
  readonly waited: boolean;
}

export interface Scenario {
  readonly standby: 'started' | 'suspended';
  /** How long a volume outlives its archive, and so may be undone; not at all when left out. */
  readonly keepVolumeHours?: number;
  readonly steps: readonly Step[];
}

/** In words, one line each, for whoever reads what a failing run did. */
export function describe({ standby, keepVolumeHours = 0, steps }: Scenario): string {
  const lines = steps.map(({ action, waited }) => `  ${inOneLine(action)}${waited ? '' : ' (not waited for)'}`);
  return [`  standby=${standby} keepVolumeHours=${keepVolumeHours}`, ...lines].join('\n');
}

export function inOneLine({ do: what, ...rest }: Action): string {
  return [what, ...Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}
