import { type Fault, type FlyCall, matchFault } from './match.js';

/** What a test can make go wrong. */
export interface FlyFaults {
  /** Adds a fault behind those that are there; each call is hit by one fault at most. */
  add(fault: Fault): void;
  /** Forgets all faults. Lost snapshots stay lost. */
  clear(): void;
  /**
   * The machine's next start from `suspended` is a cold boot: nothing of its memory survives.
   * @throws when there is no such machine
   */
  loseSnapshot(machineId: string): void;
}

export class FaultList implements FlyFaults {
  #faults: Fault[] = [];
  readonly #loseSnapshot: (machineId: string) => void;

  constructor(loseSnapshot: (machineId: string) => void) {
    this.#loseSnapshot = loseSnapshot;
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  clear(): void {
    this.#faults = [];
  }

  loseSnapshot(machineId: string): void {
    this.#loseSnapshot(machineId);
  }

  /** The fault that hits this call, counted as used. */
  take(call: FlyCall, target: string | undefined): Fault | undefined {
    const index = matchFault(this.#faults, call, target);
    const fault = index === undefined ? undefined : this.#faults[index];
    if (index === undefined || fault === undefined) return undefined;
    this.#faults = this.#faults.toSpliced(index, 1, ...(fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : []));
    return fault;
  }
}
