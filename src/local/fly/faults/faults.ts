import type { Clock } from '../../clock.js';
import { type Lists, listsWithout } from '../lists.js';
import type { CallFault, Fault } from './fault.js';
import { type CallFacts, fitsCall, fitsMachine, type StuckFacts } from './match.js';
import type { MemorySnapshots } from './memory-snapshots.js';
import { StandingFault } from './standing-fault.js';

/** What a test can make go wrong. */
export interface FlyFaults {
  /**
   * Adds a fault behind those that are there. Of the faults that fit a call the oldest hits it; only what is to be
   * forgotten is forgotten besides.
   * @throws when there are too many
   */
  add(fault: Fault): FaultHandle;
  /** Those that are not used up, and those that still hold something. */
  list(): readonly ListedFault[];
  /** Ends what it does: what it held goes on. False when there is none with this id. */
  remove(id: string): boolean;
  /** Removes all faults. Lost snapshots stay lost. */
  clear(): void;
  /**
   * The machine's next start from `suspended` is a cold boot: nothing of its memory survives.
   * @throws when there is no such machine
   */
  loseSnapshot(machineId: string): void;
  /** Of all machines that there are. */
  loseSnapshots(): void;
}

/** A fault that was set. */
export interface FaultHandle {
  readonly id: string;
  /** Ends it; idempotent. */
  remove(): void;
}

export type ListedFault = Fault & {
  readonly id: string;
  /** How many it still hits. */
  readonly left: number;
};

export interface FaultContext {
  readonly clock: Clock;
  readonly lists: Lists;
  /** What they are now, for later. */
  readonly stillLists: () => Lists;
  readonly snapshots: MemorySnapshots;
}

/** What becomes of one call. */
export interface Hit {
  readonly fault: StandingFault<CallFault> | undefined;
  /** What it is answered from if it lists things. */
  readonly lists: Lists;
  /** The machine or volume in its path is not to be known. */
  readonly hidesTarget: boolean;
}

const maxFaults = 1000;

export class FaultList implements FlyFaults {
  readonly #context: FaultContext;
  #standing: readonly StandingFault[] = [];
  #count = 0;

  constructor(context: FaultContext) {
    this.#context = context;
  }

  add(fault: Fault): FaultHandle {
    this.#dropSpent();
    if (this.#standing.length >= maxFaults) throw new Error(`There are ${maxFaults} faults already: remove some.`);
    this.#count += 1;
    const id = `fault_${this.#count}`;
    const past = fault.kind === 'list_stale' ? this.#context.stillLists() : undefined;
    this.#standing = [...this.#standing, new StandingFault(id, fault, this.#context.clock, past)];
    return { id, remove: () => void this.remove(id) };
  }

  list(): readonly ListedFault[] {
    this.#dropSpent();
    return this.#standing.map(({ id, fault, left }) => ({ ...fault, id, left }));
  }

  remove(id: string): boolean {
    const found = this.#standing.find((standing) => standing.id === id);
    this.#standing = this.#standing.filter((standing) => standing !== found);
    found?.end();
    return found !== undefined;
  }

  clear(): void {
    const all = this.#standing;
    this.#standing = [];
    for (const standing of all) standing.end();
  }

  loseSnapshot(machineId: string): void {
    this.#context.snapshots.lose(machineId);
  }

  loseSnapshots(): void {
    this.#context.snapshots.loseAll();
  }

  /** What hits this call, counted as used. */
  take(facts: CallFacts): Hit {
    this.#dropSpent();
    const forgotten = new Set(this.#standing.flatMap((standing) => standing.takeForgotten(facts)));
    const fault = this.#standing.find(
      (standing): standing is StandingFault<CallFault> =>
        standing.left > 0 && fitsCall(standing.fault, facts) && !standing.forgetsOneThing,
    );
    fault?.use();
    const lists = fault?.past ?? listsWithout(this.#context.lists, forgotten);
    return { fault, lists, hidesTarget: facts.target !== undefined && forgotten.has(facts.target) };
  }

  /** Resolves when no fault holds the machine in its state. @throws the signal's reason */
  async untilFree(facts: StuckFacts, signal: AbortSignal): Promise<void> {
    for (;;) {
      const holding = this.#standing.find(({ left, fault }) => left > 0 && fitsMachine(fault, facts));
      if (holding === undefined) return;
      holding.use();
      await holding.held(signal);
    }
  }

  #dropSpent(): void {
    this.#standing = this.#standing.filter((standing) => !standing.spent);
  }
}
