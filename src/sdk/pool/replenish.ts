import { actorOf } from '../actor.js';
import type { MachineRow, MachineTable, WholeMachine } from '../database/machines.js';
import type { OwnPool, PoolMemberTable, PoolOrders } from '../database/pool-members.js';
import { asError, ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import { type Tell, Try } from '../follow.js';
import type { ReplenishResult } from '../resources.js';
import type { ReplenishStep } from '../steps.js';
import type { FuseCheck } from '../upkeep/fuse-check.js';
import type { MachineTemplate } from './machine-config.js';
import { type PoolSnapshot, regionNeeds, wholeNeed } from './needs.js';
import { newMachine } from './new-machine.js';
import type { Placement } from './placement.js';
import { type PoolPlan, planPool } from './plan.js';

export interface ReplenisherParts {
  readonly machines: Pick<MachineTable, 'becomeReady'>;
  readonly members: Pick<PoolMemberTable, 'act' | 'snapshot'>;
  readonly own: OwnPool;
  readonly owner: string;
  readonly placement: Pick<Placement, 'place'>;
  readonly fly: Pick<FlyClient, 'suspendMachine' | 'waitForState'>;
  readonly fuse: FuseCheck;
  readonly template: MachineTemplate;
  readonly standby: 'started' | 'suspended';
  readonly flyApp: string;
}

type MachineStep = Extract<ReplenishStep, { kind: 'machine' }>;

const suspendTimeoutMs = 60_000;

/** Keeps the warm pool as it is to be: rows first, then machines, and a member is ready only when it answered for itself. */
export class Replenisher {
  readonly #parts: ReplenisherParts;
  readonly #actor: string;

  constructor(parts: ReplenisherParts) {
    this.#parts = parts;
    this.#actor = actorOf('replenish', parts.owner);
  }

  async replenish(signal?: AbortSignal, tell: Tell<ReplenishStep> = () => undefined): Promise<ReplenishResult> {
    const { rows, held } = await this.#act(({ create }) => ({ create, retire: [] }));
    tell({ kind: 'planned', total: rows.length });
    const kept = await this.#giveBack(signal);
    const result: ReplenishResult = { skipped: rows.length > 0 ? null : (held ?? kept), ready: [], failed: [] };
    const steps = await Promise.all(
      rows.map(async (row) => {
        const step = await this.#tried(row, signal);
        tell(step);
        return step;
      }),
    );
    // What the new members have taken the place of goes now.
    if (rows.length > 0 && !signal?.aborted) await this.#giveBack(signal);
    for (const { outcome, id, code, reason } of steps) {
      if (outcome === 'ready') result.ready.push(id);
      else result.failed.push({ id, code: code ?? 'internal', reason: reason ?? '' });
    }
    return result;
  }

  async #tried(row: MachineRow, signal: AbortSignal | undefined): Promise<MachineStep> {
    const trying = new Try();
    try {
      return { kind: 'machine', outcome: 'ready', ...trying.succeeded(await this.#make(row, signal)) };
    } catch (error) {
      return { kind: 'machine', outcome: 'failed', ...trying.failed(row.id, error) };
    }
  }

  /** Members that are not wanted any more. Answers what has kept them, if anything: that is no reason not to fill up. */
  async #giveBack(signal: AbortSignal | undefined): Promise<string | null> {
    const { members, own, fuse } = this.#parts;
    if (planPool(await members.snapshot(own), own.configHash).retire.length === 0) return null;
    try {
      await fuse.assertIntact(signal);
    } catch (error) {
      signal?.throwIfAborted();
      return asError(error).message;
    }
    await this.#act(({ retire }) => ({ create: [], retire }));
    return null;
  }

  /** Carries out a part of the plan. Answers the rows that it made, and what kept it from making more. */
  async #act(part: (plan: PoolPlan) => Pick<PoolPlan, 'create' | 'retire'>) {
    const { members, own } = this.#parts;
    const decide = (snapshot: PoolSnapshot) => {
      const plan = planPool(snapshot, own.configHash);
      const { create, retire } = part(plan);
      const insert = create.flatMap(({ region, count }) => Array.from({ length: count }, () => this.#newRow(region)));
      const probes = create.filter(({ why }) => why === 'probe').map(({ region }) => region);
      return { insert, retire, probes, held: plan.held.join(' ') || null };
    };
    const { rows, orders } = await members.act(own, decide, this.#actor);
    return { rows, held: orders.held };
  }

  #newRow(region: string) {
    return newMachine(this.#parts.template, { flyApp: this.#parts.flyApp, region });
  }

  /** Answers the id of the machine that became ready. */
  async #make(row: MachineRow, signal: AbortSignal | undefined): Promise<string> {
    return this.#parts.placement.place(
      {
        row,
        another: (region) => this.#standIn(region),
        finish: (machine, owned) => this.#finish(machine, owned),
        actor: this.#actor,
      },
      signal,
    );
  }

  /** A row in another region than the one that lacks it, as long as the pool as a whole lacks one. */
  async #standIn(region: string): Promise<MachineRow | undefined> {
    const { members, own } = this.#parts;
    const decide = (snapshot: PoolSnapshot): PoolOrders => {
      const { ready, provisioning, target } = wholeNeed(regionNeeds(snapshot));
      const isLacking = snapshot.mode === 'filling' && ready + provisioning < target;
      const isOurs = snapshot.aim.configHash === own.configHash;
      return { insert: isLacking && isOurs ? [this.#newRow(region)] : [], retire: [], probes: [] };
    };
    const { rows } = await members.act(own, decide, this.#actor);
    return rows[0];
  }

  /** Standby comes before `ready`, never after: from then on the member may be claimed at any moment. */
  async #finish(machine: WholeMachine, signal: AbortSignal): Promise<string> {
    const { machines, standby } = this.#parts;
    const state = standby === 'suspended' ? await this.#suspended(machine, signal) : 'started';
    if (await machines.becomeReady(machine.id, state, this.#actor)) return machine.id;
    throw new ValetError('state_changed', `Machine ${machine.name} was given up just before it became ready.`);
  }

  /** Where Fly cannot keep a snapshot it stops the machine instead (fly.io/docs/reference/suspend-resume): a cold boot. */
  async #suspended(machine: WholeMachine, signal: AbortSignal): Promise<string> {
    const { fly } = this.#parts;
    await fly.suspendMachine(machine.fly_id, { signal });
    return fly.waitForState(machine.fly_id, ['suspended', 'stopped'], { timeoutMs: suspendTimeoutMs, signal });
  }
}
