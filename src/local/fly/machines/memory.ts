import { refusals } from '../refusal.js';
import { guestOf } from './config/guest-of.js';
import type { MachineRecord } from './record.js';

/** The memory limit that callers may lower and raise. It is kept and shown; no process here is held to it. */
export class MemoryLimit {
  readonly #record: MachineRecord;
  #limitMb: number | undefined;

  constructor(record: MachineRecord) {
    this.#record = record;
  }

  get availableMb(): number {
    const guest = guestOf(this.#record.config);
    return Math.max(guest.memory_mb, guest.max_memory_mb ?? 0);
  }

  get limitMb(): number {
    return Math.min(this.#limitMb ?? guestOf(this.#record.config).memory_mb, this.availableMb);
  }

  /** @throws FlyRefusal 400 when the machine does not have so much */
  set(limitMb: number): void {
    if (limitMb < 1 || limitMb > this.availableMb) {
      throw refusals.invalid(`limit_mb must be between 1 and ${this.availableMb}`);
    }
    this.#limitMb = limitMb;
  }

  /** @returns the MB that would have been given back */
  reclaim(amountMb: number): number {
    return Math.min(amountMb, this.limitMb);
  }
}
