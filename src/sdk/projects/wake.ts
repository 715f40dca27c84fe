import type { ArchiveStore } from '../archives/store.js';
import type { ArchiveRow, Listings } from '../database/listings.js';
import type { WholeMachine } from '../database/machines.js';
import type { Guard, ProjectRow, ProjectTable } from '../database/projects.js';
import type { WakingTable } from '../database/waking.js';
import { asError, codeOf, ValetError } from '../errors.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { whileOwned } from '../ownership.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import type { MachineSupply } from '../pool/supply.js';
import type { Telemetry } from '../telemetry.js';
import { wakeBackoffSecs } from './backoff.js';
import type { Configurator } from './configure.js';
import { MeasuredWake, wakeResult } from './measured-wake.js';
import { restoredFindings } from './restored.js';

export interface WakeParts {
  readonly projects: Pick<ProjectTable, 'find' | 'activate' | 'renew'>;
  readonly waking: Pick<WakingTable, 'putBack'>;
  readonly archives: Pick<Listings, 'archive'>;
  readonly supply: MachineSupply;
  readonly configurator: Configurator;
  readonly starter: MachineStarter;
  readonly protocol: Pick<MachineProtocol, 'restore' | 'status'>;
  readonly store: Pick<ArchiveStore, 'downloadUrl' | 'head'>;
  /** Rows per table, as the archive's manifest promises them; empty when it has none. */
  readonly tablesOf: (manifest: unknown) => Readonly<Record<string, number>>;
  readonly telemetry: Telemetry;
  readonly owner: string;
}

/** The machine may take its time with a large archive, but a leaked URL should not last. */
const downloadUrlSecs = 15 * 60;

/**
 * Waking a project, from the moment its row says `waking` and names us.
 *
 *  1. see that the archive is there: one that is missing, or a store that is away, must not cost machines
 *  2. claim a warm machine, or provision one
 *  3. configure it
 *  4. restore the archive on it; the machine checks the SHA-256
 *  5. ask it whether it now is that project, in this epoch, with the rows of the manifest
 *  6. activate
 *
 * A failure or a crash puts the project back where it came from and retires the machine: the archive is untouched.
 */
export class WakeJourney {
  readonly #parts: WakeParts;

  constructor(parts: WakeParts) {
    this.#parts = parts;
  }

  /** @throws ValetError `wake_failed`, with the cause, once it is back to sleep; `state_changed` when another took over */
  async run(project: ProjectRow, signal: AbortSignal): Promise<void> {
    const guard: Guard = { id: project.id, epoch: project.epoch, owner: this.#parts.owner };
    const measured = new MeasuredWake(this.#parts.telemetry, 'none');
    try {
      await whileOwned(
        { subject: `Waking project ${project.id}`, renew: () => this.#parts.projects.renew(guard), signal },
        (owned) => this.#bringUp(project, guard, measured, owned),
      );
      measured.ended('ok');
    } catch (error) {
      const failure = await this.#putBack(project, guard, asError(error), signal.aborted);
      measured.ended(wakeResult(failure, signal.aborted));
      if (failure) throw failure;
    }
  }

  async #bringUp(project: ProjectRow, guard: Guard, measured: MeasuredWake, signal: AbortSignal): Promise<void> {
    const { configurator, projects, supply } = this.#parts;
    const archive = await this.#archiveOf(project, signal);
    const machine = await supply.supply(
      guard,
      project.region,
      async (candidate, owned) => {
        await configurator.configure(candidate, project, owned);
        await this.#restore(candidate, project, archive, owned);
      },
      signal,
      (kind) => {
        measured.kind = kind;
      },
    );
    if (await projects.activate(guard, machine.id)) return;
    throw new ValetError('state_changed', `Project ${project.id} changed while it was being woken.`);
  }

  async #archiveOf(project: ProjectRow, signal: AbortSignal): Promise<ArchiveRow> {
    const { archives, store } = this.#parts;
    const id = project.current_archive_id;
    const archive = id === null ? undefined : await archives.archive(id);
    if (!archive) throw new ValetError('restore_failed', `Project ${project.id} has no archive to wake from.`);
    if (await store.head(archive.r2_key, { signal })) return archive;
    throw new ValetError('restore_failed', `Archive ${archive.id} of project ${project.id} is not in the store.`, {
      hint: 'The project stays dormant. Look at its archive in R2 and at its events.',
      details: { r2_key: archive.r2_key },
    });
  }

  async #restore(machine: WholeMachine, project: ProjectRow, archive: ArchiveRow, signal: AbortSignal): Promise<void> {
    const { protocol, starter, store } = this.#parts;
    const target = targetOf(machine);
    await starter.speak(
      machine,
      async () => {
        const download_url = await store.downloadUrl(archive.r2_key, { expiresInSecs: downloadUrlSecs });
        const body = { r2_key: archive.r2_key, r2_checksum: archive.r2_checksum ?? '', download_url };
        return protocol.restore(target, project.epoch, body, { signal });
      },
      signal,
    );
    const status = await starter.speak(machine, () => protocol.status(target, { signal }), signal);
    const findings = restoredFindings(status, project, this.#parts.tablesOf(archive.manifest));
    if (findings.length === 0) return;
    throw new ValetError(
      'restore_failed',
      `Project ${project.id} was restored wrongly from archive ${archive.id}: ${findings.join('; ')}.`,
    );
  }

  /** Undefined when the project is awake after all: the answer to the last statement may be lost, then the row tells. */
  async #putBack(
    project: ProjectRow,
    guard: Guard,
    error: Error,
    interrupted: boolean,
  ): Promise<ValetError | undefined> {
    const { projects, waking } = this.#parts;
    // Not a failure of the wake: the instance is going down, or somebody else has taken over.
    const retrySecs = interrupted || codeOf(error) === 'state_changed' ? null : wakeBackoffSecs(project.wake_failures);
    // If this statement fails too, the row's deadline passes and recovery puts it back.
    const isBack = await waking.putBack(guard, error.message, retrySecs).catch(() => undefined);
    const now = isBack === false ? await projects.find(guard.id).catch(() => undefined) : undefined;
    if (now?.state === 'active' && now.epoch === guard.epoch) return undefined;
    // Whoever took over is at work on it.
    if (isBack === false) return new ValetError('state_changed', error.message, { cause: error });
    return new ValetError('wake_failed', `Project ${project.id} could not be woken: ${error.message}`, {
      hint: 'It is asleep as before and its archive is untouched.',
      retryAfterSecs: retrySecs ?? 1,
      cause: error,
    });
  }
}
