import type { FlyCall } from '../calls.js';
import type { CallFault, Fault, StuckFault } from './fault.js';

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
