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
  | 'delete_volume'
  | 'extend_volume'
  | 'get_app'
  | 'list_regions';

/** What goes wrong. */
export type FaultEffect =
  | {
      readonly kind: 'refuse';
      /** The HTTP status. */
      readonly status: number;
      readonly error: string;
      /** The `status` in the body, as `insufficient_capacity`. */
      readonly bodyStatus?: string;
      /** Does what was asked first, so that the refusal is a lie: a create that answers 408 and yet succeeds. */
      readonly afterActing?: boolean;
    }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Acts, then cuts the connection instead of answering. */
  | { readonly kind: 'lose_answer' }
  /** Lists only: answers 200 with an empty list. */
  | { readonly kind: 'list_empty' };

export type Fault = FaultEffect & {
  readonly call: FlyCall | '*';
  /** How many calls it hits before it is used up; `Infinity` for until cleared. */
  readonly times: number;
  /** Only calls on this machine or volume. */
  readonly target?: string;
};

/** Index of the fault that hits the call: the oldest that fits and is not used up; undefined when none does. */
export function matchFault(faults: readonly Fault[], call: FlyCall, target: string | undefined): number | undefined {
  const index = faults.findIndex((fault) => fault.times > 0 && fits(fault, call, target));
  return index === -1 ? undefined : index;
}

function fits(fault: Fault, call: FlyCall, target: string | undefined): boolean {
  if (fault.call !== '*' && fault.call !== call) return false;
  if (fault.target !== undefined && fault.target !== target) return false;
  return fault.kind !== 'list_empty' || call.startsWith('list_');
}
