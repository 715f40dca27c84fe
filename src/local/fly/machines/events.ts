import { constants } from 'node:os';
import type { FlyMachineEvent } from '../../../sdk/fly/wire.js';
import { newUlid } from '../ids.js';
import type { MachineCommand, MachineHappening } from './state-machine.js';
import type { ProcessExit } from './vm/process.js';

/** Who made it happen; `flyd` is Fly's host daemon. */
export type EventSource = 'user' | 'proxy' | 'flyd';

/** Fly's events call shows as many at most. */
export const maxEvents = 50;

/** The type under which a change appears among the machine's events; its status is the new state. */
export const eventTypes: Readonly<Record<MachineCommand | MachineHappening, string>> = {
  prepared: 'launch',
  start: 'start',
  up: 'start',
  boot_failed: 'start',
  launch_failed: 'launch',
  stop: 'stop',
  down: 'exit',
  exited: 'exit',
  exited_to_restart: 'restart',
  suspend: 'suspend',
  paused: 'suspend',
  restart: 'restart',
  restarted: 'restart',
  update: 'update',
  replace: 'update',
  replaced_to_start: 'start',
  replaced_to_rest: 'update',
  replaced_to_hold: 'update',
  migrate: 'stop',
  destroy: 'destroy',
  force_destroy: 'destroy',
  gone: 'destroy',
};

/** A machine's last events, newest first. */
export class EventLog {
  #events: readonly FlyMachineEvent[] = [];
  readonly #clockMs: () => number;

  constructor(clockMs: () => number) {
    this.#clockMs = clockMs;
  }

  get newestFirst(): readonly FlyMachineEvent[] {
    return this.#events;
  }

  /** Those that came after the event with this id; undefined when it is not known. */
  since(id: string): readonly FlyMachineEvent[] | undefined {
    const index = this.#events.findIndex((event) => event.id === id);
    return index === -1 ? undefined : this.#events.slice(0, index);
  }

  add(type: string, status: string, source: EventSource, request?: unknown): void {
    const timestamp = this.#clockMs();
    const event = { id: newUlid(timestamp), type, status, source, timestamp };
    this.#events = [request === undefined ? event : { ...event, request }, ...this.#events].slice(0, maxEvents);
  }
}

export interface ExitAccount {
  readonly exit: ProcessExit;
  readonly requestedStop: boolean;
  readonly restarting: boolean;
  readonly restartCount: number;
  readonly exitedAtMs: number;
}

/** What an exit event tells of the end of the program. */
export function exitRequest(account: ExitAccount): unknown {
  const { exit } = account;
  const signalNumber = exit.signal === null ? -1 : constants.signals[exit.signal];
  // As a shell has it: 137 was seen live for SIGKILL, 134 for SIGABRT.
  const exitCode = exit.code ?? 128 + signalNumber;
  return {
    exit_event: {
      exit_code: exitCode,
      signal: signalNumber,
      guest_exit_code: exitCode,
      guest_signal: signalNumber,
      guest_error: '',
      error: '',
      oom_killed: false,
      requested_stop: account.requestedStop,
      restarting: account.restarting,
      exited_at: new Date(account.exitedAtMs).toISOString(),
    },
    restart_count: account.restartCount,
  };
}
