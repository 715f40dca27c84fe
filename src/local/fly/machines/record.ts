import type { Clock } from '../../clock.js';
import { newUlid, privateIpOf } from '../ids.js';
import { FlyRefusal } from '../refusal.js';
import type { MachineConfig } from './config.js';
import { EventLog, type EventSource } from './events.js';
import {
  type MachineCommand,
  type MachineHappening,
  type MachinePhase,
  transition,
  visibleState,
} from './state-machine.js';

export interface MachineIdentity {
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly region: string;
  /** The host under it, for life. */
  readonly host: string;
}

/** The type under which a change appears among the machine's events; its status is the new state. */
const eventTypes: Record<MachineCommand | MachineHappening, string> = {
  prepared: 'launch',
  start: 'start',
  up: 'start',
  boot_failed: 'start',
  stop: 'stop',
  down: 'exit',
  exited: 'exit',
  exited_to_restart: 'start',
  suspend: 'suspend',
  paused: 'suspend',
  update: 'update',
  replaced_to_start: 'start',
  replaced_to_rest: 'update',
  replaced_to_hold: 'update',
  destroy: 'destroy',
  force_destroy: 'destroy',
  gone: 'destroy',
};

/** What is known of a machine, and the only place where its state changes. */
export class MachineRecord {
  readonly identity: MachineIdentity;
  readonly privateIp: string;
  readonly createdAtMs: number;
  readonly events: EventLog;
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();
  #phase: MachinePhase = 'preparing';
  #config: MachineConfig;
  #version: string;
  #updatedAtMs: number;
  #destroyedAtMs: number | undefined;

  constructor(identity: MachineIdentity, config: MachineConfig, clock: Clock) {
    this.identity = identity;
    this.privateIp = privateIpOf(identity.id);
    this.#config = config;
    this.#clock = clock;
    this.createdAtMs = clock.nowMs();
    this.#updatedAtMs = this.createdAtMs;
    this.#version = newUlid(this.createdAtMs);
    this.events = new EventLog(() => clock.nowMs());
    this.events.add('launch', 'pending', 'user');
  }

  get phase(): MachinePhase {
    return this.#phase;
  }

  get state(): ReturnType<typeof visibleState> {
    return visibleState(this.#phase);
  }

  get config(): MachineConfig {
    return this.#config;
  }

  /** `instance_id` on the wire. */
  get version(): string {
    return this.#version;
  }

  get updatedAtMs(): number {
    return this.#updatedAtMs;
  }

  get destroyedAtMs(): number | undefined {
    return this.#destroyedAtMs;
  }

  /**
   * Moves to the next state and tells who watches. False when the machine already is what was asked for.
   * @throws FlyRefusal when the state forbids it
   */
  apply(event: MachineCommand | MachineHappening, source: EventSource, request?: unknown): boolean {
    const next = transition(this.#phase, event);
    if (next.kind === 'refuse') throw new FlyRefusal(next.status, next.error);
    if (next.kind === 'stay') return false;
    this.#phase = next.to;
    this.#updatedAtMs = this.#clock.nowMs();
    if (next.to === 'destroyed') this.#destroyedAtMs = this.#updatedAtMs;
    this.events.add(eventTypes[event], visibleState(next.to), source, request);
    for (const watcher of [...this.#watchers]) watcher();
    return true;
  }

  /** An update: the whole config is replaced and the machine gets a new version. */
  replaceConfig(config: MachineConfig): void {
    this.#config = config;
    this.#version = newUlid(this.#clock.nowMs());
  }

  /** Sets or, without a value, removes one key; neither a new version nor a restart. */
  setMetadata(key: string, value: string | undefined): void {
    const { [key]: _replaced, ...others } = this.#config.metadata ?? {};
    this.#config = { ...this.#config, metadata: value === undefined ? others : { ...others, [key]: value } };
    this.#updatedAtMs = this.#clock.nowMs();
  }

  /** Calls the watcher after each change of state until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
