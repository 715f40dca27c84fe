import { actorOf } from '../actor.js';
import type { ArchivingTable } from '../database/archiving.js';
import type { MachineTable, WholeMachine } from '../database/machines.js';
import type { Guard, ProjectRow, ProjectTable } from '../database/projects.js';
import { codeOf } from '../errors.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { whileOwned } from '../ownership.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import type { Telemetry } from '../telemetry.js';
import { type CancelCause, cancelOutcome, causeOf } from './cancel-decision.js';
import { machineOf } from './machine-of.js';
import { MeasuredWake } from './measured-wake.js';

export interface CancellationParts {
  readonly projects: Pick<ProjectTable, 'renew'>;
  readonly archiving: Pick<ArchivingTable, 'beginCancel' | 'finishCancel' | 'failures'>;
  readonly machines: Pick<MachineTable, 'find'>;
  readonly starter: MachineStarter;
  readonly protocol: Pick<MachineProtocol, 'resume'>;
  readonly telemetry: Telemetry;
  readonly owner: string;
}

/** A machine that does not come back within this is left to recovery. */
const finishTimeoutMs = 60_000;
/** For one try, which in recovery has 20 seconds in all. */
const maxResumeMs = 15_000;
/** Since the archive began. Requests are held all the while, so it must end. */
const maxHeldUpSecs = 5 * 60;

/**
 * Giving up an archive.
 *
 *  1. a new epoch while still archiving: from here on the old attempt cannot commit
 *  2. start the machine if it sleeps, and resume it with that epoch
 *  3. active again
 *
 * A crash after 1 leaves a row whose deadline passes; recovery takes it over and does 2 and 3. A machine that does not
 * come up for minutes traps nobody: the project is active without 2, which recovery makes up for when the machine runs.
 */
export class ArchiveCancellation {
  readonly #parts: CancellationParts;

  constructor(parts: CancellationParts) {
    this.#parts = parts;
  }

  /** Our own attempt, after an error. Never throws: what fails here recovery finishes. */
  async begin(guard: Guard, error: Error, closing: boolean, actor: string): Promise<void> {
    const cancelled = await this.#parts.archiving.beginCancel(guard, error.message, actor).catch(() => undefined);
    // No row: it is no longer ours.
    if (!cancelled) return;
    const cause = causeOf(codeOf(error), cancelled, closing);
    await this.finish(cancelled, cause, AbortSignal.timeout(finishTimeoutMs), actor).catch(() => undefined);
  }

  /** For a row whose archiving was taken over: cancels, never commits what another owner proved. */
  async finish(
    project: ProjectRow,
    cause: CancelCause,
    signal?: AbortSignal,
    actor = actorOf('recover', this.#parts.owner),
  ): Promise<void> {
    const guard: Guard = { id: project.id, epoch: project.epoch, owner: this.#parts.owner };
    const measured = new MeasuredWake(this.#parts.telemetry, 'resumed');
    await whileOwned(
      // A wake request is no reason to stop: this is what it waits for.
      { subject: `Resuming project ${project.id}`, renew: () => this.#stillOurs(guard), signal },
      async (owned) => {
        const machine = await machineOf(project, this.#parts.machines);
        const isResumed = await this.#resume(machine, project, owned);
        const failures = await this.#parts.archiving.failures(project.id);
        const outcome = { ...cancelOutcome(cause, failures), resumePending: !isResumed };
        await this.#parts.archiving.finishCancel(guard, outcome, actor);
      },
    );
    if (cause === 'wanted') measured.ended('ok');
  }

  /** False: it could not be, and that is no reason to wait any longer. */
  async #resume(machine: WholeMachine, project: ProjectRow, signal: AbortSignal): Promise<boolean> {
    const { starter, protocol } = this.#parts;
    // Of what the signal leaves, so that what comes after a machine that hangs still gets its turn.
    const patience = AbortSignal.any([signal, AbortSignal.timeout(maxResumeMs)]);
    const resume = () => protocol.resume(targetOf(machine), project.epoch, { signal: patience });
    try {
      await starter.speak(machine, resume, patience);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      // A machine that is gone cannot be resumed: the project is active without one, which observing will find.
      if (codeOf(error) === 'no_machine' || (project.transition_secs ?? 0) >= maxHeldUpSecs) return false;
      throw error;
    }
  }

  async #stillOurs(guard: Guard): Promise<'owned' | 'lost'> {
    return (await this.#parts.projects.renew(guard)) === 'lost' ? 'lost' : 'owned';
  }
}
