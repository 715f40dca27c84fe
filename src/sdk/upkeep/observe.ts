import type { MachineTable } from '../database/machines.js';
import type { FlyClient } from '../fly/client.js';

export interface ObserveParts {
  readonly machines: Pick<MachineTable, 'living' | 'observed'>;
  readonly fly: Pick<FlyClient, 'listMachines'>;
  readonly environment: string;
}

const maxMachines = 10_000;

/**
 * Writes down what Fly reports of our machines, from one list. A machine that is not on the list is left as it is: a
 * list proves no absence (G10).
 */
export class Observation {
  readonly #parts: ObserveParts;

  constructor(parts: ObserveParts) {
    this.#parts = parts;
  }

  /** How many machines had changed. */
  async pass(signal: AbortSignal): Promise<number> {
    const { machines, fly, environment } = this.#parts;
    const listed = await fly.listMachines({ metadata: { valet_environment: environment } }, { signal });
    const states = new Map(listed.map((machine) => [machine.id, machine.state]));
    let changed = 0;
    for (const machine of await machines.living(environment, maxMachines)) {
      const state = states.get(machine.fly_id);
      if (state === undefined || state === machine.fly_state) continue;
      signal.throwIfAborted();
      await machines.observed(machine.id, state);
      changed++;
    }
    return changed;
  }
}
