import type { ArchiveStore } from '../archives/store.js';
import type { ArchiveRow, Listings } from '../database/listings.js';
import type { WholeMachine } from '../database/machines.js';
import type { Guard, ProjectRow, ProjectTable } from '../database/projects.js';
import { asError, codeOf, ValetError } from '../errors.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { whileOwned } from '../ownership.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import type { MachineSupply } from '../pool/supply.js';
import { wakeBackoffSecs } from './backoff.js';
import type { Configurator } from './configure.js';
import { restoredFindings } from './restored.js';

export interface WakeParts {
  readonly projects: Pick<ProjectTable, 'activate' | 'putBack' | 'renew'>;
  readonly archives: Pick<Listings, 'archive'>;
  readonly supply: MachineSupply;
  readonly configurator: Configurator;
  readonly starter: MachineStarter;
  readonly protocol: Pick<MachineProtocol, 'restore' | 'status'>;
  readonly store: Pick<ArchiveStore, 'downloadUrl'>;
  /** Rows per table, as the archive's manifest promises them; empty when it has none. */
  readonly tablesOf: (manifest: unknown) => Readonly<Record<string, number>>;
  readonly owner: string;
}

/** The machine may take its time with a large archive, but a leaked URL should not last. */
const downloadUrlSecs = 15 * 60;

/**
 * Waking a project, from the moment its row says `waking` and names us.
 *
 *  1. claim a warm machine, or provision one
 *  2. configure it
 *  3. restore the archive on it; the machine checks the SHA-256
 *  4. ask it whether it now is that project, in this epoch, with the rows of the manifest
 *  5. activate
 *
 * A failure or a crash puts the project back where it came from and retires the machine: the archive is untouched.
 */
export class WakeJourney {
  readonly #parts: WakeParts;

  constructor(parts: WakeParts) {
    this.#parts = parts;
  }

  /** @throws ValetError `wake_failed`, with the cause, once the project is back to sleep */
  async run(project: ProjectRow, signal: AbortSignal): Promise<void> {
    const guard: Guard = { id: project.id, epoch: project.epoch, owner: this.#parts.owner };
    try {
      await whileOwned(
        { subject: `Waking project ${project.id}`, renew: () => this.#parts.projects.renew(guard), signal },
        (owned) => this.#bringUp(project, guard, owned),
      );
    } catch (error) {
      throw await this.#putBack(project, guard, asError(error), signal.aborted);
    }
  }

  async #bringUp(project: ProjectRow, guard: Guard, signal: AbortSignal): Promise<void> {
    const { archives, configurator, projects, supply } = this.#parts;
    const archive =
      project.current_archive_id === null ? undefined : await archives.archive(project.current_archive_id);
    if (!archive) throw new ValetError('restore_failed', `Project ${project.id} has no archive to wake from.`);
    const machine = await supply.supply(
      guard,
      project.region,
      async (candidate, owned) => {
        await configurator.configure(candidate, project, owned);
        await this.#restore(candidate, project, archive, owned);
      },
      signal,
    );
    if (await projects.activate(guard, machine.id)) return;
    throw new ValetError('state_changed', `Project ${project.id} changed while it was being woken.`);
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
    throw new ValetError('restore_failed', `Project ${project.id} was restored wrongly: ${findings.join('; ')}.`);
  }

  async #putBack(project: ProjectRow, guard: Guard, error: Error, interrupted: boolean): Promise<Error> {
    // Not a failure of the wake: the instance is going down, or somebody else has taken over.
    const retrySecs = interrupted || codeOf(error) === 'state_changed' ? null : wakeBackoffSecs(project.wake_failures);
    // If this statement fails too, the row's deadline passes and recovery puts it back.
    await this.#parts.projects.putBack(guard, error.message, retrySecs).catch(() => undefined);
    return new ValetError('wake_failed', `Project ${project.id} could not be woken: ${error.message}`, {
      hint: 'It is asleep as before and its archive is untouched.',
      retryAfterSecs: retrySecs ?? 1,
      cause: error,
    });
  }
}
