import type { MachineTable } from '../database/machines.js';
import type { GoneMachine } from '../database/observing.js';
import type { Guard, ProjectRow, ProjectTable } from '../database/projects.js';
import type { RebuildingTable } from '../database/rebuilding.js';
import type { MachineToMoveIn } from '../database/volume-moves.js';
import { asError, ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import { whileOwned } from '../ownership.js';
import type { Telemetry } from '../telemetry.js';
import { wakeBackoffSecs } from './backoff.js';
import { MeasuredWake, wakeResult } from './measured-wake.js';
import type { OnVolume } from './on-volume.js';

export interface RebuildParts {
  readonly projects: Pick<ProjectTable, 'find' | 'renew'>;
  readonly rebuilding: RebuildingTable;
  readonly machines: Pick<MachineTable, 'observed'>;
  readonly onVolume: OnVolume;
  readonly fly: Pick<FlyClient, 'getMachine'>;
  readonly isGone: (error: unknown) => boolean;
  /** A machine of the present configuration, where the volume is. */
  readonly newMachine: (where: { readonly flyApp: string; readonly region: string }) => MachineToMoveIn;
  readonly telemetry: Telemetry;
  readonly owner: string;
  readonly actor: string;
}

/** One that has begun. */
export interface Rebuild {
  readonly project: ProjectRow;
  readonly gone: GoneMachine;
  readonly volumeId: string;
  /** The row of the machine to be made. */
  readonly newId: string;
}

const lookTimeoutMs = 10_000;

/**
 * Rebuilding a project whose machine is gone at Fly and whose volume is there.
 *
 *  1. compare-and-set active → waking; the new machine's row comes with it. Requests are held from here on
 *  2. bring the project up on a new machine with that volume (`on-volume.ts`), which ends with active
 *
 * A failure or a crash after 1 puts it back: active on the old row as before, and tried again after a while. If Fly was
 * wrong and the old machine is there, it still has its volume, so the new one is refused and nothing breaks.
 */
export class RebuildJourney {
  readonly #parts: RebuildParts;

  constructor(parts: RebuildParts) {
    this.#parts = parts;
  }

  /** Undefined when another was first, or it is too early to try again. */
  async begin(gone: GoneMachine, volumeId: string): Promise<Rebuild | undefined> {
    const { rebuilding, newMachine, owner, actor } = this.#parts;
    const wanted = newMachine({ flyApp: gone.fly_app, region: gone.region });
    const project = await rebuilding.beginRebuild(gone, wanted, { owner, actor });
    return project && { project, gone, volumeId, newId: wanted.id };
  }

  /** @throws ValetError `wake_failed` once it is back where it was; `state_changed` when another took over */
  async run(rebuild: Rebuild, signal: AbortSignal): Promise<void> {
    const { project } = rebuild;
    const guard: Guard = { id: project.id, epoch: project.epoch, owner: this.#parts.owner };
    const measured = new MeasuredWake(this.#parts.telemetry, 'on_volume');
    try {
      await whileOwned(
        { subject: `Rebuilding project ${project.id}`, renew: () => this.#parts.projects.renew(guard), signal },
        (owned) => this.#bringUp(rebuild, guard, owned),
      );
      measured.ended('ok');
    } catch (error) {
      const failure = await this.#putBack(project, guard, asError(error), signal.aborted);
      measured.ended(wakeResult(failure, signal.aborted));
      if (failure) throw failure;
    }
  }

  #bringUp({ project, gone, volumeId, newId }: Rebuild, guard: Guard, signal: AbortSignal): Promise<void> {
    const volume = { id: volumeId, untilFree: (owned: AbortSignal) => this.#demandGone(gone, owned) };
    return this.#parts.onVolume.bringUp({ project, guard, oldId: gone.id, newId, volume, tables: {} }, signal);
  }

  /** Asked once more before each try: a machine that is there after all has the volume, and goes on serving. */
  async #demandGone(gone: GoneMachine, signal: AbortSignal): Promise<void> {
    const { fly, machines, isGone } = this.#parts;
    const machine = await fly.getMachine(gone.fly_id, { timeoutMs: lookTimeoutMs, signal }).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
    if (!machine || ['destroying', 'destroyed'].includes(machine.state)) return;
    await machines.observed(gone.id, machine.state);
    throw new ValetError('state_changed', `Machine ${gone.fly_id} is there after all: Fly says ${machine.state}.`);
  }

  /** Undefined when the project is active on the new machine after all: the answer to the last statement may be lost. */
  async #putBack(
    project: ProjectRow,
    guard: Guard,
    error: Error,
    interrupted: boolean,
  ): Promise<ValetError | undefined> {
    const { projects, rebuilding } = this.#parts;
    const retrySecs = interrupted ? null : wakeBackoffSecs(project.wake_failures);
    const why = `${error.message}${pinnedHint(error, project)}`;
    // If this statement fails too, the row's deadline passes and recovery puts it back.
    const isBack = await rebuilding.putBackActive(guard, why, retrySecs).catch(() => undefined);
    const now = isBack === false ? await projects.find(guard.id).catch(() => undefined) : undefined;
    if (now?.state === 'active' && now.epoch === guard.epoch) return undefined;
    if (isBack === false) return new ValetError('state_changed', why, { cause: error });
    return new ValetError('wake_failed', `Project ${project.id} could not be rebuilt: ${why}`, {
      hint: 'Its volume is untouched, and it is tried again.',
      retryAfterSecs: retrySecs ?? 1,
      cause: error,
    });
  }
}

/** A volume cannot go where there is room. Older data is never put in its place unasked. */
function pinnedHint(error: Error, project: ProjectRow): string {
  const advice = error instanceof ValetError ? String(error.details?.advice ?? '') : '';
  if (!advice.startsWith('retry-elsewhere')) return '';
  const archive = project.current_archive_id;
  const instead =
    archive === null
      ? 'It has no archive that could be restored instead.'
      : `An operator may restore its last archive instead, which is ${archive}.`;
  return ` Its volume is where there is no room for a machine, so it is tried again. ${instead}`;
}
