import type { Actor } from '../actor.js';
import type { MachineRow, MachineTable, WholeMachine } from '../database/machines.js';
import type { Guard } from '../database/projects.js';
import type { RetiringTable } from '../database/retiring.js';
import type { WarmPoolTable } from '../database/warm-pool.js';
import { asError, ValetError } from '../errors.js';
import type { MachineProtocol } from '../machines/protocol.js';
import type { Telemetry } from '../telemetry.js';
import type { PoolKind } from './aim.js';
import type { MachineTemplate } from './machine-config.js';
import { isMachinesFault } from './machines-fault.js';
import { newMachine } from './new-machine.js';
import type { Placement } from './placement.js';
import { type MachineStarter, targetOf } from './starter.js';

export interface SupplyParts {
  readonly machines: Pick<MachineTable, 'insertForProject' | 'assignProvisioned'>;
  readonly warmPool: Pick<WarmPoolTable, 'claim'>;
  readonly kind: PoolKind;
  readonly retiring: Pick<RetiringTable, 'giveUpAssigned'>;
  readonly placement: Pick<Placement, 'place'>;
  readonly starter: Pick<MachineStarter, 'ensureStarted'>;
  readonly protocol: Pick<MachineProtocol, 'waitUntilReady'>;
  readonly template: MachineTemplate;
  readonly flyApp: string;
  readonly telemetry: Telemetry;
  readonly actor: Actor;
}

/** Makes a machine the project's: starts it, configures it, restores what is to be restored. Must be repeatable. */
export type Prepare = (machine: WholeMachine, signal: AbortSignal) => Promise<void>;

/** Told how the machine that is tried next comes to be there. */
export type Trying = (kind: 'warm' | 'cold') => void;

/** After so many warm members have failed, something else is wrong: the cold path shows what. */
const maxClaims = 3;
/** A member that takes longer to come up is no better than one that is made. */
const maxMemberMs = 15_000;
const maxAnswerMs = 5_000;

/**
 * Gives a project a machine: from the warm pool, or made for it when the pool is empty. A machine that fails any step
 * after its claim is retired, never returned to the pool (G3), and the next is tried.
 */
export class MachineSupply {
  readonly #parts: SupplyParts;

  constructor(parts: SupplyParts) {
    this.#parts = parts;
  }

  async supply(
    guard: Guard,
    region: string,
    prepare: Prepare,
    signal: AbortSignal,
    trying: Trying = () => undefined,
  ): Promise<WholeMachine> {
    const { telemetry } = this.#parts;
    for (let attempt = 1; attempt <= maxClaims; attempt++) {
      const machine = await this.#parts.warmPool.claim(guard, this.#parts.kind, region);
      if (!machine) break;
      trying('warm');
      const prepareMember: Prepare = async (member, owned) => {
        await this.#isAlive(member, owned);
        await prepare(member, owned);
      };
      if (!(await this.#prepared(guard, machine, prepareMember, signal))) continue;
      telemetry.claim({ outcome: 'hit', region });
      return machine;
    }
    trying('cold');
    telemetry.claim({ outcome: 'miss', region });
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

  /** Asked before it is relied upon, since a call to one that hangs would be repeated for minutes while somebody waits. */
  async #isAlive(member: WholeMachine, signal: AbortSignal): Promise<void> {
    const { starter, protocol } = this.#parts;
    const tooLong = AbortSignal.timeout(maxMemberMs);
    const bounded = AbortSignal.any([signal, tooLong]);
    try {
      await starter.ensureStarted(member, bounded);
      await protocol.waitUntilReady(targetOf(member), { timeoutMs: maxAnswerMs, signal: bounded });
    } catch (error) {
      signal.throwIfAborted();
      if (!tooLong.aborted) throw error;
      throw new ValetError(
        'machine_unreachable',
        `Machine ${member.fly_id} did not come up within ${maxMemberMs} ms.`,
        {
          cause: error,
        },
      );
    }
  }

  /** Made for it, elsewhere if Fly has no room where the project wants to be. The project's own region stays its wish. */
  async #cold(guard: Guard, region: string, prepare: Prepare, signal: AbortSignal): Promise<WholeMachine> {
    const { machines, placement } = this.#parts;
    const reasons: string[] = [];
    const machine = await placement.place(
      {
        row: await this.#row(guard, region),
        another: (next, why) => {
          reasons.push(why);
          return this.#row(guard, next);
        },
        finish: async (made) => {
          const why = made.region === region ? null : `in ${made.region} instead of ${region}: ${reasons.join('; ')}`;
          const assigned = await machines.assignProvisioned(made.id, guard, why);
          if (assigned) return assigned;
          throw new ValetError('state_changed', `Project ${guard.id} changed while a machine was made for it.`);
        },
        actor: this.#parts.actor(),
      },
      signal,
    );
    await prepare(machine, signal);
    return machine;
  }

  async #row(guard: Guard, region: string): Promise<MachineRow> {
    const { machines, template, flyApp } = this.#parts;
    const row = await machines.insertForProject(guard, newMachine(template, { flyApp, region }));
    if (row) return row;
    throw new ValetError('state_changed', `Project ${guard.id} is no longer being worked on here.`);
  }
}
