import type { MachineRow, MachineTable, WholeMachine } from '../database/machines.js';
import type { PoolKind, WarmPoolTable } from '../database/warm-pool.js';
import { asError, codeOf, ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { ReplenishResult } from '../resources.js';
import type { MachineTemplate } from './machine-config.js';
import { newMachine } from './new-machine.js';
import { planReplenishment, replenishBatch } from './plan.js';
import type { Provisioner } from './provision.js';

export interface ReplenisherParts {
  readonly machines: Pick<MachineTable, 'becomeReady'>;
  readonly warmPool: Pick<WarmPoolTable, 'insertLacking' | 'count' | 'retireOutdated'>;
  readonly kind: PoolKind;
  readonly owner: string;
  readonly provisioner: Provisioner;
  readonly fly: Pick<FlyClient, 'suspendMachine' | 'waitForState'>;
  readonly template: MachineTemplate;
  readonly pool: {
    readonly size: number;
    readonly standby: 'started' | 'suspended';
    readonly flyApp: string;
    readonly region: string;
  };
}

const suspendTimeoutMs = 60_000;

/** Fills the warm pool: rows first, then machines, and a member is ready only when it answered for itself. */
export class Replenisher {
  readonly #parts: ReplenisherParts;

  constructor(parts: ReplenisherParts) {
    this.#parts = parts;
  }

  async replenish(signal?: AbortSignal): Promise<ReplenishResult> {
    const { warmPool, kind, template, pool } = this.#parts;
    const rows = await warmPool.insertLacking(kind, (counts) =>
      Array.from({ length: planReplenishment(pool.size, counts) }, () => newMachine(template, pool)),
    );
    const outcomes = await Promise.allSettled(rows.map((row) => this.#provision(row, signal)));
    const result: ReplenishResult = { skipped: null, ready: [], failed: [] };
    for (const [index, outcome] of outcomes.entries()) {
      const id = rows[index]?.id ?? '';
      if (outcome.status === 'fulfilled') result.ready.push(id);
      else result.failed.push({ id, code: codeOf(outcome.reason), reason: asError(outcome.reason).message });
    }
    await this.#retireOutdated();
    return result;
  }

  /** Members of an older image or configuration go once those of the current one have taken their place. */
  async #retireOutdated(): Promise<void> {
    const { warmPool, kind, pool, owner } = this.#parts;
    const { ready } = await warmPool.count(kind);
    if (ready >= pool.size) await warmPool.retireOutdated(kind, owner, replenishBatch);
  }

  async #provision(row: MachineRow, signal: AbortSignal | undefined): Promise<void> {
    await this.#parts.provisioner.provision(row, (machine, owned) => this.#finish(machine, owned), signal);
  }

  /** Standby comes before `ready`, never after: from then on the member may be claimed at any moment. */
  async #finish(machine: WholeMachine, signal: AbortSignal): Promise<void> {
    const { fly, machines, pool } = this.#parts;
    if (pool.standby === 'suspended') {
      await fly.suspendMachine(machine.fly_id, { signal });
      await fly.waitForState(machine.fly_id, 'suspended', { timeoutMs: suspendTimeoutMs, signal });
    }
    if (await machines.becomeReady(machine.id, pool.standby)) return;
    throw new ValetError('state_changed', `Machine ${machine.name} was given up just before it became ready.`);
  }
}
