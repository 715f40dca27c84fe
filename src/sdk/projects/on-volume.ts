import type { MachineTable, WholeMachine } from '../database/machines.js';
import type { Guard, ProjectRow } from '../database/projects.js';
import type { VolumeMoveTable } from '../database/volume-moves.js';
import { ValetError } from '../errors.js';
import type { MachineStatus } from '../machines/answers.js';
import type { MachineProtocol } from '../machines/protocol.js';
import type { Provisioner } from '../pool/provision.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import type { VolumeInHand } from '../pool/volume-in-hand.js';
import type { Configurator } from './configure.js';
import { restoredFindings } from './restored.js';

export interface OnVolumeParts {
  readonly machines: Pick<MachineTable, 'find'>;
  readonly moves: Pick<VolumeMoveTable, 'finish'>;
  readonly provisioner: Provisioner;
  readonly configurator: Configurator;
  readonly starter: MachineStarter;
  readonly protocol: Pick<MachineProtocol, 'status' | 'resume'>;
}

export interface Move {
  /** Waking, and ours. */
  readonly project: ProjectRow;
  readonly guard: Guard;
  /** The row whose volume it is until the end. */
  readonly oldId: string;
  /** The row of the machine to be made. */
  readonly newId: string;
  readonly volume: VolumeInHand;
  /** Rows per table that the volume must hold; empty where nobody knows. */
  readonly tables: Readonly<Record<string, number>>;
}

/**
 * What rebuilding and undoing have in common: a project comes up on a new machine that has the volume of an old one.
 *
 *  1. make the machine on the volume; Fly may need minutes to let go of it
 *  2. see that the volume holds this project: one that is empty must not pass for it
 *  3. configure it with the new epoch, and resume it, since it may have been put to sleep by an archive
 *  4. ask it whether it serves this project in this epoch
 *  5. in one transaction the volume moves to the new row and the project is active on it
 *
 * Until 5 the volume is the old row's, so a failure or a crash gives nothing of it up: the new machine retires.
 */
export class OnVolume {
  readonly #parts: OnVolumeParts;

  constructor(parts: OnVolumeParts) {
    this.#parts = parts;
  }

  async bringUp(move: Move, signal: AbortSignal): Promise<void> {
    const { machines, provisioner } = this.#parts;
    const row = await machines.find(move.newId);
    if (!row) throw new ValetError('internal', `The row of machine ${move.newId} is not there.`);
    await provisioner.provision(row, (machine, owned) => this.#moveIn(machine, move, owned), signal, move.volume);
  }

  async #moveIn(machine: WholeMachine, move: Move, signal: AbortSignal): Promise<void> {
    const { moves, configurator, starter, protocol } = this.#parts;
    const { project, guard, oldId, newId } = move;
    const target = targetOf(machine);
    const status = () => protocol.status(target, { signal });
    refuse(project, strangerFindings(await starter.speak(machine, status, signal), project));
    await configurator.configure(machine, project, signal);
    await starter.speak(machine, () => protocol.resume(target, project.epoch, { signal }), signal);
    refuse(project, servingFindings(await starter.speak(machine, status, signal), move));
    signal.throwIfAborted();
    await moves.finish(guard, { oldId, newId });
  }
}

/** Its server keeps on the volume which project it is: on an empty one it knows of none. */
function strangerFindings(status: MachineStatus, project: ProjectRow): string[] {
  if (status.kind === 'basic' || status.project_id === project.id) return [];
  return [`it holds ${status.project_id === null ? 'no project' : `project ${status.project_id}`}`];
}

function servingFindings(status: MachineStatus, { project, tables }: Move): string[] {
  const findings = restoredFindings(status, project, tables);
  return status.kind === 'basic' || status.serving ? findings : [...findings, 'the machine does not serve'];
}

function refuse(project: ProjectRow, findings: readonly string[]): void {
  if (findings.length === 0) return;
  throw new ValetError(
    'machine_refused',
    `The volume of project ${project.id} is not as it was: ${findings.join('; ')}.`,
    {
      hint: 'Nothing was changed on it. Look at it with a machine of your own, or restore an archive.',
    },
  );
}
