import type { Actor } from '../actor.js';
import type { Guard, ProjectRow, ProjectTable } from '../database/projects.js';
import type { Tombstone, UndoingTable } from '../database/undoing.js';
import type { MachineToMoveIn } from '../database/volume-moves.js';
import type { WakingTable } from '../database/waking.js';
import { asError, codeOf, ValetError } from '../errors.js';
import { pause } from '../http/backoff.js';
import { whileOwned } from '../ownership.js';
import type { Telemetry } from '../telemetry.js';
import { MeasuredWake, wakeResult } from './measured-wake.js';
import type { OnVolume } from './on-volume.js';
import type { ProjectId } from './project-id.js';
import { nothingToUndo, undoDecision } from './undo-decision.js';

export interface UndoParts {
  readonly projects: Pick<ProjectTable, 'find' | 'renew'>;
  readonly waking: Pick<WakingTable, 'putBack'>;
  readonly undoing: UndoingTable;
  readonly onVolume: OnVolume;
  readonly newMachine: (where: { readonly flyApp: string; readonly region: string }) => MachineToMoveIn;
  /** Rows per table, as an archive's manifest promises them; empty when it has none. */
  readonly tablesOf: (manifest: unknown) => Readonly<Record<string, number>>;
  /** A pass of giving machines back to Fly, unless another instance is at it. */
  readonly retire: (signal: AbortSignal) => Promise<unknown>;
  readonly telemetry: Telemetry;
  readonly owner: string;
  readonly actor: Actor;
}

type Kept = Tombstone & { readonly volume_id: string };

/** As long as a transition can last. */
const maxFollowMs = 15 * 60_000;
const lookMs = 500;
/** Fly destroys a machine within seconds, unless its host is away. */
const maxMachineMs = 3 * 60_000;
const maxPassMs = 15_000;

/**
 * Undoing an archive: the project is active again as if it had not been archived, on the volume that was kept.
 *
 *  1. compare-and-set dormant → waking; the volume's keep time is extended and the new machine's row comes with it
 *  2. the old machine must be gone, which retiring does
 *  3. bring the project up on a new machine with that volume (`on-volume.ts`), which ends with active. The volume must
 *     hold the rows that the archive's manifest names
 *
 * A failure or a crash puts it back to sleep; the volume is still what the archive left behind, and the archive is
 * untouched in any case.
 */
export class UndoJourney {
  readonly #parts: UndoParts;

  constructor(parts: UndoParts) {
    this.#parts = parts;
  }

  /**
   * Resolves once the project is active, be it by another's undo or wake that was under way already.
   *
   * @throws ValetError `project_not_found`, `transition_refused` with what is left to do, `wake_failed`
   */
  async undo(id: ProjectId, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + maxFollowMs;
    for (let looks = 0; performance.now() < deadline; looks++) {
      const project = await this.#parts.projects.find(id);
      if (!project) throw new ValetError('project_not_found', `There is no project "${id}".`);
      const decision = undoDecision(project, await this.#parts.undoing.tombstone(id));
      if (decision.kind === 'refuse') throw decision.error;
      if (decision.kind === 'awake') return afterLooks(looks, project);
      if (decision.kind === 'begin' && (await this.#begin(project, decision.tombstone, signal))) return;
      await pause(lookMs, signal);
    }
    throw new ValetError('wake_timeout', `Project "${id}" is still being woken.`, { retryAfterSecs: 5 });
  }

  /** False when somebody else was first or has taken over: what becomes of it is followed. */
  async #begin(seen: ProjectRow, tombstone: Kept, signal: AbortSignal): Promise<boolean> {
    const { undoing, newMachine, owner, actor } = this.#parts;
    const wanted = newMachine({ flyApp: tombstone.fly_app, region: tombstone.region });
    const project = await undoing.beginUndo(seen, tombstone.id, wanted, { owner, actor: actor() });
    if (!project) return false;
    const guard: Guard = { id: project.id, epoch: project.epoch, owner };
    const measured = new MeasuredWake(this.#parts.telemetry, 'on_volume');
    try {
      await whileOwned(
        { subject: `Undoing the archive of ${project.id}`, renew: () => this.#parts.projects.renew(guard), signal },
        (owned) => this.#bringUp(project, guard, tombstone, wanted.id, owned),
      );
      measured.ended('ok');
      return true;
    } catch (error) {
      const failure = await this.#putBack(project, guard, asError(error));
      measured.ended(wakeResult(failure, signal.aborted));
      if (codeOf(failure) === 'wake_failed') throw failure;
      return failure === undefined;
    }
  }

  async #bringUp(
    project: ProjectRow,
    guard: Guard,
    tombstone: Kept,
    newId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { undoing, onVolume, tablesOf } = this.#parts;
    const tables = tablesOf(await undoing.lastManifest(project.id));
    const untilFree = (owned: AbortSignal, isRefused: boolean) => this.#untilGone(project, isRefused, owned);
    const volume = { id: tombstone.volume_id, untilFree };
    await onVolume.bringUp({ project, guard, oldId: tombstone.id, newId, volume, tables }, signal);
  }

  /**
   * Where nobody serves, nobody retires either: so it is done from here. The machine that still has the volume may also
   * be that of an undo which was given up.
   */
  async #untilGone(project: ProjectRow, isRefused: boolean, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + maxMachineMs;
    if (isRefused) await this.#retire(signal);
    for (;;) {
      const tombstone = await this.#parts.undoing.tombstone(project.id);
      if (tombstone?.machine_gone) return;
      if (performance.now() > deadline) throw stillThere(project, tombstone);
      await this.#retire(signal);
      await pause(lookMs, signal);
    }
  }

  /** If it fails, what it is for does not happen: that is told when there is no time left. */
  async #retire(signal: AbortSignal): Promise<void> {
    await this.#parts.retire(AbortSignal.any([signal, AbortSignal.timeout(maxPassMs)])).catch(() => undefined);
  }

  /** Undefined when it is active after all: the answer to the last statement may be lost, then the row tells. */
  async #putBack(project: ProjectRow, guard: Guard, error: Error): Promise<ValetError | undefined> {
    const { projects, waking } = this.#parts;
    // No reason to keep anybody from waking it. If this statement fails too, recovery puts it back.
    const isBack = await waking.putBack(guard, error.message, null).catch(() => undefined);
    const now = isBack === false ? await projects.find(guard.id).catch(() => undefined) : undefined;
    if (now?.state === 'active' && now.epoch === guard.epoch) return undefined;
    if (isBack === false) return new ValetError('state_changed', error.message, { cause: error });
    return new ValetError('wake_failed', `The archive of project ${project.id} could not be undone: ${error.message}`, {
      hint: `Its volume is kept for another hour at least. Try again, or wake it from archive ${project.current_archive_id}.`,
      cause: error,
    });
  }
}

/** Awake at the first look: nobody was at work on it when this was asked for. */
function afterLooks(looks: number, project: ProjectRow): void {
  if (looks === 0) throw nothingToUndo(project);
}

function stillThere(project: ProjectRow, tombstone: Tombstone | undefined): ValetError {
  const why = tombstone?.last_error ? `: ${tombstone.last_error}` : '';
  return new ValetError('fly_failed', `The machine that project ${project.id} has left is not gone at Fly yet${why}.`, {
    hint: 'Its volume is free when it is gone. Try again later, or wake the project from its archive.',
    retryAfterSecs: 60,
  });
}
