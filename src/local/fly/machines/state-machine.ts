import type { FlyMachineState } from '../../../sdk/fly/wire.js';
import { errorText } from '../faults/catalogue.js';

/**
 * A machine's states and what may happen in each, as data.
 * Source: fly.io/docs/machines/machine-states; `preparing` is our word for the first part of `created`, in which Fly
 * refuses a start.
 */
export type MachinePhase =
  | Extract<
      FlyMachineState,
      | 'created'
      | 'starting'
      | 'started'
      | 'stopping'
      | 'stopped'
      | 'suspending'
      | 'suspended'
      | 'replacing'
      | 'destroying'
      | 'destroyed'
      | 'failed'
    >
  | 'preparing';

export type MachineCommand = 'start' | 'stop' | 'suspend' | 'update' | 'destroy' | 'force_destroy';

/** What comes to pass without anybody asking. */
export type MachineHappening =
  | 'prepared'
  | 'up'
  | 'down'
  | 'paused'
  | 'replaced_to_start'
  | 'replaced_to_rest'
  | 'replaced_to_hold'
  | 'gone'
  | 'exited'
  | 'exited_to_restart'
  | 'boot_failed';

export type Transition =
  | { readonly kind: 'move'; readonly to: MachinePhase }
  /** Asked for what already is: success without any effect. */
  | { readonly kind: 'stay' }
  | { readonly kind: 'refuse'; readonly status: number; readonly error: string };

type Moves = { readonly [From in MachinePhase]?: MachinePhase };

const moves: Record<MachineCommand | MachineHappening, Moves> = {
  start: {
    created: 'starting',
    stopped: 'starting',
    suspended: 'starting',
    suspending: 'starting',
    failed: 'starting',
  },
  stop: { created: 'stopping', started: 'stopping', suspended: 'stopping', failed: 'stopping' },
  suspend: { started: 'suspending' },
  update: {
    created: 'replacing',
    started: 'replacing',
    stopped: 'replacing',
    suspended: 'replacing',
    failed: 'replacing',
  },
  destroy: {
    preparing: 'destroying',
    created: 'destroying',
    stopped: 'destroying',
    suspended: 'destroying',
    failed: 'destroying',
  },
  force_destroy: {
    preparing: 'destroying',
    created: 'destroying',
    starting: 'destroying',
    started: 'destroying',
    stopping: 'destroying',
    stopped: 'destroying',
    suspending: 'destroying',
    suspended: 'destroying',
    replacing: 'destroying',
    failed: 'destroying',
  },
  prepared: { preparing: 'created' },
  up: { starting: 'started' },
  down: { stopping: 'stopped' },
  paused: { suspending: 'suspended' },
  replaced_to_start: { replacing: 'starting' },
  replaced_to_rest: { replacing: 'stopped' },
  replaced_to_hold: { replacing: 'created' },
  gone: { destroying: 'destroyed' },
  exited: { starting: 'stopped', started: 'stopped', suspending: 'stopped', suspended: 'stopped' },
  exited_to_restart: { starting: 'starting', started: 'starting' },
  boot_failed: { starting: 'failed' },
};

const stays: Partial<Record<MachineCommand | MachineHappening, readonly MachinePhase[]>> = {
  start: ['starting', 'started'],
  stop: ['stopping', 'stopped'],
  suspend: ['suspending', 'suspended'],
  destroy: ['destroying'],
  force_destroy: ['destroying'],
};

export function transition(phase: MachinePhase, event: MachineCommand | MachineHappening): Transition {
  const to = moves[event][phase];
  if (to !== undefined) return { kind: 'move', to };
  if (stays[event]?.includes(phase)) return { kind: 'stay' };
  return { kind: 'refuse', ...refusalOf(phase, event) };
}

function refusalOf(phase: MachinePhase, event: MachineCommand | MachineHappening): { status: number; error: string } {
  const destroys = event === 'destroy' || event === 'force_destroy';
  if (destroys && phase === 'destroyed') {
    return { status: 404, error: errorText('404-not-found', { thing: 'machine' }) };
  }
  if (event === 'update' && phase === 'replacing') {
    return { status: 409, error: errorText('409-concurrent-update') };
  }
  if (event === 'start' && phase === 'replacing') {
    return { status: 412, error: errorText('412-replacing') };
  }
  const verb = destroys ? 'destroy' : event;
  return { status: 412, error: errorText('412-wrong-state', { verb, state: visibleState(phase) }) };
}

/** The state that callers see. */
export function visibleState(phase: MachinePhase): Exclude<MachinePhase, 'preparing'> {
  return phase === 'preparing' ? 'created' : phase;
}

const restingStates: readonly MachinePhase[] = ['created', 'started', 'stopped', 'suspended', 'failed', 'destroyed'];

/** Nothing is under way: what the wait call names `settled`. */
export function isResting(phase: MachinePhase): boolean {
  return restingStates.includes(phase);
}

/** Where an update leads: a running machine boots again, a resting one rests, now without its snapshot. */
export function outcomeOfUpdate(
  before: MachinePhase,
  skipLaunch: boolean,
): 'replaced_to_start' | 'replaced_to_rest' | 'replaced_to_hold' {
  if (skipLaunch) return 'replaced_to_hold';
  return before === 'stopped' || before === 'suspended' ? 'replaced_to_rest' : 'replaced_to_start';
}
