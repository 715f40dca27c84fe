import type { Clock } from '../../clock.js';
import { newUlid } from '../ids.js';
import type { MachineConfig } from './config/schema.js';

export interface MachineVersion {
  readonly version: string;
  readonly config: MachineConfig;
}

/** What became of a version that is not the machine's any more; it is the state that callers see of it. */
export type Superseded = 'replaced' | 'migrated';

const maxVersions = 50;

/** A machine's versions, at least one. */
export class Versions {
  readonly #clock: Clock;
  readonly #migrated = new Set<string>();
  #current: MachineVersion;
  #earlier: readonly MachineVersion[] = [];

  constructor(config: MachineConfig, clock: Clock) {
    this.#clock = clock;
    this.#current = this.#version(config);
  }

  get current(): MachineVersion {
    return this.#current;
  }

  get newestFirst(): readonly MachineVersion[] {
    return [this.#current, ...this.#earlier];
  }

  add(config: MachineConfig, how: Superseded): void {
    if (how === 'migrated') this.#migrated.add(this.#current.version);
    this.#earlier = this.newestFirst.slice(0, maxVersions - 1);
    this.#current = this.#version(config);
  }

  /** The same version with other metadata. */
  amend(config: MachineConfig): void {
    this.#current = { ...this.#current, config };
  }

  /** Undefined for the current one. Anything else counts as an old one, since those are forgotten some day. */
  superseded(version: string): Superseded | undefined {
    if (version === this.#current.version) return undefined;
    return this.#migrated.has(version) ? 'migrated' : 'replaced';
  }

  #version(config: MachineConfig): MachineVersion {
    return { version: newUlid(this.#clock.nowMs()), config };
  }
}
