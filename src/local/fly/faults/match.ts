import type { CatalogueId } from './catalogue.js';

/** Every call that the emulator knows; faults are told by it. */
export type FlyCall =
  | 'create_machine'
  | 'list_machines'
  | 'get_machine'
  | 'update_machine'
  | 'delete_machine'
  | 'start_machine'
  | 'stop_machine'
  | 'suspend_machine'
  | 'restart_machine'
  | 'signal_machine'
  | 'exec_machine'
  | 'list_processes'
  | 'cordon_machine'
  | 'uncordon_machine'
  | 'get_lease'
  | 'take_lease'
  | 'release_lease'
  | 'get_memory'
  | 'set_memory'
  | 'reclaim_memory'
  | 'list_versions'
  | 'wait_machine'
  | 'get_metadata'
  | 'set_metadata'
  | 'delete_metadata'
  | 'list_events'
  | 'create_volume'
  | 'list_volumes'
  | 'get_volume'
  | 'update_volume'
  | 'delete_volume'
  | 'extend_volume'
  | 'create_snapshot'
  | 'list_snapshots'
  | 'create_app'
  | 'list_apps'
  | 'get_app'
  | 'delete_app'
  | 'create_deploy_token'
  | 'list_ips'
  | 'assign_ip'
  | 'release_ip'
  | 'list_secrets'
  | 'get_secret'
  | 'set_secrets'
  | 'delete_secret'
  | 'list_policies'
  | 'set_policy'
  | 'delete_policy'
  | 'list_org_machines'
  | 'list_org_volumes'
  | 'list_regions'
  | 'get_placements';

/** What goes wrong with a call. */
export type FaultEffect =
  | {
      readonly kind: 'refuse';
      /** The HTTP status. */
      readonly status: number;
      readonly error: string;
      /** The `status` in the body, as `insufficient_capacity`. */
      readonly bodyStatus?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Does what was asked first, so that the refusal is a lie: a create that answers 408 and yet succeeds. */
      readonly afterActing?: boolean;
    }
  | {
      readonly kind: 'refuse';
      /** A refusal of Fly's by name; its text is filled in from the request. */
      readonly row: CatalogueId;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterActing?: boolean;
    }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Acts, then cuts the connection instead of answering. */
  | { readonly kind: 'lose_answer' }
  /** Cuts the connection and does nothing. */
  | { readonly kind: 'drop' }
  /** Never answers while the fault is there; then goes on as if nothing had been. */
  | { readonly kind: 'hang' }
  /** Does nothing and answers with a page of HTML, as a proxy in between does. */
  | { readonly kind: 'garbage' /** 502 by default. */; readonly status?: number }
  /** Acts and answers half of the JSON; with `cut` the whole is announced and the connection ends. */
  | { readonly kind: 'truncated'; readonly cut?: boolean }
  /** Lists only: nothing is there. */
  | { readonly kind: 'list_empty' }
  /** Lists of machines and volumes only: as things were when the fault was added. */
  | { readonly kind: 'list_stale' }
  /**
   * With a target: calls that read do not know it, and lists leave it out. On a create: what it makes is not known
   * afterwards. For `forMs`, or while the fault is there.
   */
  | { readonly kind: 'forget'; readonly forMs?: number };

interface Reach {
  /** How many it hits before it is used up; `Infinity` for until it is removed. */
  readonly times: number;
  /** Only this machine or volume. */
  readonly target?: string;
  readonly app?: string;
}

export type CallFault = FaultEffect & Reach & { readonly call: FlyCall | '*' };

export const passingStates = [
  'created',
  'starting',
  'stopping',
  'suspending',
  'restarting',
  'updating',
  'replacing',
  'destroying',
] as const;

/**
 * The next machines that come to a passing state stay in it until the fault is removed or somebody destroys them by
 * force. `created` is the part of it in which a start is refused.
 */
export type StuckFault = Reach & { readonly kind: 'stuck'; readonly state: (typeof passingStates)[number] };

/** What goes wrong, and where. */
export type Fault = CallFault | StuckFault;

export interface CallFacts {
  readonly call: FlyCall;
  /** The machine or volume that the path names. */
  readonly target: string | undefined;
  readonly app: string | undefined;
}

/** Whether the fault is one of this call's, so far as it is not used up. */
export function fitsCall(fault: Fault, facts: CallFacts): fault is CallFault {
  if (fault.kind === 'stuck' || (fault.call !== '*' && fault.call !== facts.call)) return false;
  if (fault.app !== undefined && fault.app !== facts.app) return false;
  switch (fault.kind) {
    case 'list_empty':
      return facts.call.startsWith('list_');
    case 'list_stale':
      return listsThings(facts.call);
    case 'forget':
      return forgets(fault, facts);
    default:
      return fault.target === undefined || fault.target === facts.target;
  }
}

/** One without a target forgets what the next create makes. */
function forgets(fault: CallFault, { call, target }: CallFacts): boolean {
  if (fault.target === undefined) return call === 'create_machine' || call === 'create_volume';
  if (listsThings(call)) return true;
  return fault.target === target && (fault.call === call || readsThing(call));
}

export function listsThings(call: string): boolean {
  return /^list_(org_)?(machines|volumes)$/.test(call);
}

export function readsThing(call: string): boolean {
  return /^(get|wait)_(machine|volume)$/.test(call);
}

export interface StuckFacts {
  readonly id: string;
  readonly app: string;
  readonly state: string;
}

export function fitsMachine(fault: Fault, { id, app, state }: StuckFacts): fault is StuckFault {
  if (fault.kind !== 'stuck' || fault.state !== state) return false;
  return (fault.target === undefined || fault.target === id) && (fault.app === undefined || fault.app === app);
}
