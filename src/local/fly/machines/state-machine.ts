import type { FlyMachineState } from '../../../sdk/fly/wire.js';
import { errorText } from '../catalogue.js';

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
      | 'restarting'
      | 'updating'
      | 'replacing'
      | 'destroying'
      | 'destroyed'
      | 'failed'
      | 'launch_failed'
    >
  | 'preparing';

/** An update shows as `updating` in the docs and was seen as `replacing`: `update` and `replace` are the same thing. */
export type MachineCommand =
  | 'start'
  | 'stop'
  | 'suspend'
  | 'restart'
  | 'update'
  | 'replace'
  /** Fly's own: onto another host. */
  | 'migrate'
  | 'destroy'
  | 'force_destroy';

/** What comes to pass without anybody asking. */
export type MachineHappening =
  | 'prepared'
  | 'up'
  | 'down'
  | 'paused'
  | 'restarted'
  | 'replaced_to_start'
  | 'replaced_to_rest'
  | 'replaced_to_hold'
  | 'gone'
  | 'exited'
  | 'exited_to_restart'
  | 'boot_failed'
  | 'launch_failed';

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
  restart: { started: 'restarting' },
  update: updatesTo('updating'),
  replace: updatesTo('replacing'),
  migrate: {
    created: 'stopping',
    started: 'stopping',
    stopped: 'stopping',
    suspended: 'stopping',
    failed: 'stopping',
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
    restarting: 'destroying',
    updating: 'destroying',
    replacing: 'destroying',
    failed: 'destroying',
  },
  prepared: { preparing: 'created' },
  up: { starting: 'started' },
  down: { stopping: 'stopped' },
  paused: { suspending: 'suspended' },
  restarted: { restarting: 'starting' },
  replaced_to_start: { updating: 'starting', replacing: 'starting' },
  replaced_to_rest: { updating: 'stopped', replacing: 'stopped' },
  replaced_to_hold: { updating: 'created', replacing: 'created' },
  gone: { destroying: 'destroyed', launch_failed: 'destroyed' },
  exited: { starting: 'stopped', started: 'stopped', suspending: 'stopped', suspended: 'stopped' },
  exited_to_restart: { starting: 'starting', started: 'starting' },
  boot_failed: { starting: 'failed' },
  launch_failed: { starting: 'launch_failed' },
};

function updatesTo(to: 'updating' | 'replacing'): Moves {
  return { created: to, started: to, stopped: to, suspended: to, failed: to };
}

const stays: Partial<Record<MachineCommand | MachineHappening, readonly MachinePhase[]>> = {
  start: ['starting', 'started'],
  stop: ['stopping', 'stopped'],
  suspend: ['suspending', 'suspended'],
  restart: ['restarting'],
  destroy: ['destroying', 'launch_failed'],
  force_destroy: ['destroying', 'launch_failed'],
};

export function transition(phase: MachinePhase, event: MachineCommand | MachineHappening): Transition {
  const to = moves[event][phase];
  if (to !== undefined) return { kind: 'move', to };
  if (stays[event]?.includes(phase)) return { kind: 'stay' };
  return { kind: 'refuse', ...refusalOf(phase, event) };
}

function refusalOf(phase: MachinePhase, event: MachineCommand | MachineHappening): { status: number; error: string } {
  const verb = verbs[event] ?? event;
  const beingUpdated = phase === 'replacing' || phase === 'updating';
  if (verb === 'destroy' && phase === 'destroyed') {
    return { status: 404, error: errorText('404-not-found', { thing: 'machine' }) };
  }
  if (verb === 'update' && beingUpdated) return { status: 409, error: errorText('409-concurrent-update') };
  if (verb === 'start' && phase === 'replacing') return { status: 412, error: errorText('412-replacing') };
  return { status: 412, error: errorText('412-wrong-state', { verb, state: visibleState(phase) }) };
}

const verbs: Partial<Record<MachineCommand | MachineHappening, string>> = {
  force_destroy: 'destroy',
  replace: 'update',
};

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
