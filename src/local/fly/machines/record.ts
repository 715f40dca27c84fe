import type { Clock } from '../../clock.js';
import { newPrivateIp } from '../ids.js';
import { FlyRefusal } from '../refusal.js';
import type { MachineConfig } from './config/schema.js';
import { EventLog, type EventSource, eventTypes } from './events.js';
import {
  type MachineCommand,
  type MachineHappening,
  type MachinePhase,
  transition,
  visibleState,
} from './state-machine.js';
import { Versions } from './versions.js';

export interface MachineIdentity {
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly region: string;
  /** The host under it: for life, unless Fly moves it. */
  readonly host: string;
}

/** What a machine begins with besides its config. */
export interface MachineBegin {
  readonly cordoned: boolean;
  readonly skipsSecrets: boolean;
}

/** What is known of a machine, and the only place where its state changes. */
export class MachineRecord {
  readonly createdAtMs: number;
  readonly events: EventLog;
  readonly versions: Versions;
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();
  #identity: MachineIdentity;
  #privateIp = newPrivateIp();
  #phase: MachinePhase = 'preparing';
  #cordoned: boolean;
  #skipsSecrets: boolean;
  #updatedAtMs: number;
  #destroyedAtMs: number | undefined;

  constructor(identity: MachineIdentity, config: MachineConfig, clock: Clock, begin: MachineBegin) {
    this.#identity = identity;
    this.#clock = clock;
    this.#cordoned = begin.cordoned;
    this.#skipsSecrets = begin.skipsSecrets;
    this.createdAtMs = clock.nowMs();
    this.#updatedAtMs = this.createdAtMs;
    this.versions = new Versions(config, clock);
    this.events = new EventLog(() => clock.nowMs());
    this.events.add('launch', 'pending', 'user');
  }

  get identity(): MachineIdentity {
    return this.#identity;
  }

  get privateIp(): string {
    return this.#privateIp;
  }

  get phase(): MachinePhase {
    return this.#phase;
  }

  get state(): ReturnType<typeof visibleState> {
    return visibleState(this.#phase);
  }

  get config(): MachineConfig {
    return this.versions.current.config;
  }

  /** `instance_id` on the wire. */
  get version(): string {
    return this.versions.current.version;
  }

  get cordoned(): boolean {
    return this.#cordoned;
  }

  /** Whether its program boots without the secrets of its app. */
  get skipsSecrets(): boolean {
    return this.#skipsSecrets;
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
    this.#touch();
    if (next.to === 'destroyed') this.#destroyedAtMs = this.#updatedAtMs;
    this.events.add(eventTypes[event], visibleState(next.to), source, request);
    for (const watcher of [...this.#watchers]) watcher();
    return true;
  }

  /** An update: the whole config is replaced and the machine gets a new version. */
  replaceConfig(config: MachineConfig, skipsSecrets: boolean): void {
    this.versions.add(config, 'replaced');
    this.#skipsSecrets = skipsSecrets;
  }

  /** Onto another host, where it has another address; with a config that is another version as well. */
  moveTo(host: string, config?: MachineConfig): void {
    this.#identity = { ...this.#identity, host };
    this.#privateIp = newPrivateIp();
    if (config !== undefined) this.versions.add(config, 'migrated');
    this.#touch();
  }

  cordon(cordoned: boolean): void {
    this.#cordoned = cordoned;
    this.#touch();
  }

  /** Neither a new version nor a restart. */
  setMetadata(metadata: Readonly<Record<string, string>>): void {
    this.versions.amend({ ...this.config, metadata: { ...metadata } });
    this.#touch();
  }

  /** Calls the watcher after each change of state until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #touch(): void {
    this.#updatedAtMs = this.#clock.nowMs();
  }
}
