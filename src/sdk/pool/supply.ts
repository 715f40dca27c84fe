import type { MachineTable, WholeMachine } from '../database/machines.js';
import type { Guard } from '../database/projects.js';
import type { RetiringTable } from '../database/retiring.js';
import type { PoolKind, WarmPoolTable } from '../database/warm-pool.js';
import { asError, ValetError } from '../errors.js';
import type { MachineTemplate } from './machine-config.js';
import { isMachinesFault } from './machines-fault.js';
import { newMachine } from './new-machine.js';
import type { Provisioner } from './provision.js';

export interface SupplyParts {
  readonly machines: Pick<MachineTable, 'insertForProject' | 'assignProvisioned'>;
  readonly warmPool: Pick<WarmPoolTable, 'claim'>;
  readonly kind: PoolKind;
  readonly retiring: Pick<RetiringTable, 'giveUpAssigned'>;
  readonly provisioner: Provisioner;
  readonly template: MachineTemplate;
  readonly flyApp: string;
}

/** Makes a machine the project's: starts it, configures it, restores what is to be restored. Must be repeatable. */
export type Prepare = (machine: WholeMachine, signal: AbortSignal) => Promise<void>;

/** After so many warm members have failed, something else is wrong: the cold path shows what. */
const maxClaims = 3;

/**
 * Gives a project a machine: from the warm pool, or made for it when the pool is empty. A machine that fails any step
 * after its claim is retired, never returned to the pool (G3), and the next is tried.
 */
export class MachineSupply {
  readonly #parts: SupplyParts;

  constructor(parts: SupplyParts) {
    this.#parts = parts;
  }

  async supply(guard: Guard, region: string, prepare: Prepare, signal: AbortSignal): Promise<WholeMachine> {
    for (let attempt = 1; attempt <= maxClaims; attempt++) {
      const machine = await this.#parts.warmPool.claim(guard, this.#parts.kind, region);
      if (!machine) break;
      if (await this.#prepared(guard, machine, prepare, signal)) return machine;
    }
    return this.#cold(guard, region, prepare, signal);
  }

  /** False when the machine itself failed and another may do better. */
  async #prepared(guard: Guard, machine: WholeMachine, prepare: Prepare, signal: AbortSignal): Promise<boolean> {
    try {
      await prepare(machine, signal);
      return true;
    } catch (error) {
      if (signal.aborted || !isMachinesFault(error)) throw error;
      await this.#parts.retiring.giveUpAssigned(
        machine.id,
        { projectId: guard.id, epoch: guard.epoch, owner: guard.owner },
        asError(error).message,
      );
      return false;
    }
  }

  async #cold(guard: Guard, region: string, prepare: Prepare, signal: AbortSignal): Promise<WholeMachine> {
    const { machines, provisioner, template, flyApp } = this.#parts;
    const row = await machines.insertForProject(guard, newMachine(template, { flyApp, region }));
    if (!row) throw new ValetError('state_changed', `Project ${guard.id} is no longer being worked on here.`);
    const machine = await provisioner.provision(
      row,
      async (made) => {
        const assigned = await machines.assignProvisioned(made.id, guard);
        if (assigned) return assigned;
        throw new ValetError('state_changed', `Project ${guard.id} changed while a machine was made for it.`);
      },
      signal,
    );
    await prepare(machine, signal);
    return machine;
  }
}
