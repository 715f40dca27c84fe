import type { MachineRegistry } from '../machines/registry.js';

/** What keeps a suspended machine's memory, and can lose it. */
export class MemorySnapshots {
  readonly #registry: MachineRegistry;

  constructor(registry: MachineRegistry) {
    this.#registry = registry;
  }

  /** @throws when there is no such machine */
  lose(machineId: string): void {
    const machine = this.#registry.find(machineId);
    if (machine === undefined) throw new Error(`There is no machine ${machineId} whose snapshot could be lost.`);
    machine.vm.loseSnapshot();
  }

  loseAll(): void {
    for (const machine of this.#registry.all()) machine.vm.loseSnapshot();
  }
}
