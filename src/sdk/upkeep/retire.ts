import pLimit from 'p-limit';
import type { RetiringRow, RetiringTable } from '../database/retiring.js';
import { asError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { FlyVolume } from '../fly/wire.js';
import type { FuseCheck } from './fuse-check.js';
import type { Farewell } from './retire-ask.js';
import { isDestructive, provenAbsent, type RetireStep, retireBackoffSecs, retireStep } from './retire-step.js';

export interface RetireParts {
  readonly retiring: RetiringTable;
  readonly fly: Pick<
    FlyClient,
    | 'deleteMachine'
    | 'getMachine'
    | 'waitForState'
    | 'listMachines'
    | 'deleteVolume'
    | 'getVolume'
    | 'listVolumes'
    | 'getApp'
  >;
  /** Whether an error of Fly means that it does not know what was asked for. */
  readonly isGone: (error: unknown) => boolean;
  /** Whether a volume that Fly still shows has been deleted. */
  readonly isVolumeGone: (volume: Pick<FlyVolume, 'state'>) => boolean;
  readonly fuse: FuseCheck;
  readonly farewell: Pick<Farewell, 'ask'>;
  readonly environment: string;
  readonly actor: string;
}

/** One pass touches so many rows; the others are due next time. */
const maxRows = 50;
/** From asked machine to deleted volume in one pass, where Fly allows it. */
const maxRounds = 4;
/** So that a slow host keeps nobody else waiting. */
const maxAtOnce = 8;
const destroyTimeoutMs = 5_000;
/** A call that hangs keeps the other rows waiting no longer. */
const maxStepMs = 10_000;

/**
 * Gives machines and volumes back to Fly, one bounded step per row and round, until Fly confirms each. A row that
 * cannot be finished waits longer each time and starves no other.
 */
export class Retirement {
  readonly #parts: RetireParts;

  constructor(parts: RetireParts) {
    this.#parts = parts;
  }

  /**
   * How many steps were taken.
   *
   * @throws ValetError `fuse_blown`, or why the fuse could not be asked; what destroys nothing is done nevertheless
   */
  async pass(signal: AbortSignal): Promise<number> {
    let steps = 0;
    for (let round = 0; round < maxRounds; round++) {
      const due = await this.#parts.retiring.due(this.#parts.environment, maxRows);
      if (due.length === 0) return steps;
      const planned = due.map((row) => ({ row, step: retireStep(row) }));
      const stopped = await this.#stopped(planned, signal);
      const allowed = stopped ? planned.filter(({ step }) => !isDestructive(step)) : planned;
      await this.#together(allowed, signal);
      steps += allowed.length;
      if (stopped) throw stopped;
    }
    return steps;
  }

  /** Milliseconds until the next step is due; null when nothing is retiring. */
  async dueInMs(): Promise<number | null> {
    const secs = await this.#parts.retiring.nextDueSecs(this.#parts.environment);
    return secs === null ? null : secs * 1000;
  }

  /** What keeps this round from destroying anything; the fuse is not asked where there is nothing to destroy. */
  async #stopped(planned: readonly Planned[], signal: AbortSignal): Promise<Error | undefined> {
    if (!planned.some(({ step }) => isDestructive(step))) return undefined;
    try {
      await this.#parts.fuse.assertIntact(signal);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return asError(error);
    }
  }

  async #together(planned: readonly Planned[], signal: AbortSignal): Promise<void> {
    const limit = pLimit(maxAtOnce);
    await Promise.all(
      planned.map((each) =>
        limit(async () => {
          signal.throwIfAborted();
          await this.#take(each, signal, AbortSignal.any([signal, AbortSignal.timeout(maxStepMs)]));
        }),
      ),
    );
  }

  async #take({ row, step }: Planned, pass: AbortSignal, signal: AbortSignal): Promise<void> {
    const { retiring, farewell } = this.#parts;
    try {
      switch (step) {
        case 'find_machine':
          return await this.#findMachine(row, signal);
        case 'ask_machine':
          return await farewell.ask({ ...row, fly_id: row.fly_id ?? '' }, pass, signal);
        case 'delete_machine':
          return await this.#deleteMachine(row, signal);
        case 'finish':
          return await retiring.volumeGone(row.id, this.#parts.actor);
        case 'keep_volume':
          return await retiring.postpone(row.id, row.keep_volume_secs, null);
        case 'find_volume':
          return await this.#findVolume(row, signal);
        case 'delete_volume':
          return await this.#deleteVolume(row, signal);
      }
    } catch (error) {
      pass.throwIfAborted();
      await retiring.postpone(row.id, retireBackoffSecs(row.attempts), asError(error).message);
    }
  }

  async #findMachine(row: RetiringRow, signal: AbortSignal): Promise<void> {
    const { fly, retiring } = this.#parts;
    const listed = await fly.listMachines({ metadata: { valet_machine: row.id } }, { signal });
    const found = listed.find((machine) => machine.name === row.name);
    if (found) await retiring.foundMachine(row.id, found.id);
    else if (await this.#isProvenAbsent(row, signal)) await retiring.machineGone(row.id, 0, this.#parts.actor);
    else await retiring.postpone(row.id, retireBackoffSecs(row.attempts), null);
  }

  async #deleteMachine(row: RetiringRow, signal: AbortSignal): Promise<void> {
    const { fly, retiring } = this.#parts;
    const flyId = row.fly_id ?? '';
    await fly.deleteMachine(flyId, { signal });
    // Accepted at once, done a moment later; a machine on a dead host may take until the host is back.
    await fly.waitForState(flyId, 'destroyed', { timeoutMs: destroyTimeoutMs, signal });
    if (await this.#isDestroyed(row, flyId, signal)) await retiring.machineGone(row.id, 0, this.#parts.actor);
    else await retiring.postpone(row.id, retireBackoffSecs(row.attempts), null);
  }

  /** Fly answers 200 `destroyed` for a while; afterwards, or by mistake, 404. */
  async #isDestroyed(row: RetiringRow, flyId: string, signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.#parts.fly.getMachine(flyId, { signal })).state === 'destroyed';
    } catch (error) {
      if (this.#parts.isGone(error)) return this.#isProvenAbsent(row, signal);
      throw error;
    }
  }

  /** The same for a volume, which Fly shows for a day after it was deleted. */
  async #isVolumeDeleted(row: RetiringRow, volumeId: string, signal: AbortSignal): Promise<boolean> {
    try {
      return this.#parts.isVolumeGone(await this.#parts.fly.getVolume(volumeId, { signal }));
    } catch (error) {
      if (this.#parts.isGone(error)) return this.#isProvenAbsent(row, signal);
      throw error;
    }
  }

  /**
   * Fly may deny what is there: just after a create, and when it has lost sight of the whole app. So absence takes age,
   * several looks, and an app that answers (G10).
   *
   * @throws when the app does not answer
   */
  async #isProvenAbsent(row: RetiringRow, signal: AbortSignal): Promise<boolean> {
    if (!provenAbsent(row)) return false;
    await this.#parts.fly.getApp({ signal });
    return true;
  }

  async #findVolume(row: RetiringRow, signal: AbortSignal): Promise<void> {
    const { fly, retiring } = this.#parts;
    const found = (await fly.listVolumes({ signal })).find((volume) => volume.name === row.volume_name);
    if (found) await retiring.foundVolume(row.id, found.id);
    else if (await this.#isProvenAbsent(row, signal)) await retiring.volumeGone(row.id, this.#parts.actor);
    else await retiring.postpone(row.id, retireBackoffSecs(row.attempts), null);
  }

  async #deleteVolume(row: RetiringRow, signal: AbortSignal): Promise<void> {
    const { fly, retiring } = this.#parts;
    // Kept for longer after all, a moment ago.
    if (!(await retiring.markVolumeDeleting(row.id, this.#parts.actor)))
      return retiring.postpone(row.id, retireBackoffSecs(0), null);
    const volumeId = row.volume_id ?? '';
    // Success too where Fly does not know it: so it is asked what became of it.
    await fly.deleteVolume(volumeId, { signal });
    if (await this.#isVolumeDeleted(row, volumeId, signal)) await retiring.volumeGone(row.id, this.#parts.actor);
    else await retiring.postpone(row.id, retireBackoffSecs(row.attempts), null);
  }
}

interface Planned {
  readonly row: RetiringRow;
  readonly step: RetireStep;
}
