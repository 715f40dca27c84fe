import { createHash } from 'node:crypto';
import { type Admission, admit, type Call } from './admit.js';
import { type ArchiveOrder, type ArchiveResult, archiveTo, quiesce } from './archive.js';
import { CallQueue, Overtaken } from './call-queue.js';
import type { RestoreResult } from './kept-state.js';
import type { Limits } from './limits.js';
import { Problem } from './problem.js';
import { type RestoreOrder, restoreFrom } from './restore.js';
import type { Traffic } from './traffic.js';
import type { Volume } from './volume.js';

export interface MachineStatus {
  readonly ready: true;
  readonly project_id: string | null;
  readonly epoch: number;
  readonly serving: boolean;
  readonly quiesced: boolean;
  readonly open_connections: number;
  readonly last_activity_at: string | null;
  readonly tables: Readonly<Record<string, number>> | null;
  readonly protocol: 1;
}

export interface ProjectAndEpoch {
  readonly project_id: string | null;
  readonly epoch: number;
}

/**
 * The machine's side of the machine protocol, without HTTP. Each call is admitted twice: when it arrives, so that its
 * epoch is kept and older calls fall at once, and again when its turn comes, since a newer call may have come between.
 */
export class MachineProtocol {
  readonly #volume: Volume;
  readonly #traffic: Traffic;
  readonly #limits: Limits;
  readonly #queue = new CallQueue();

  constructor(volume: Volume, traffic: Traffic, limits: Limits) {
    this.#volume = volume;
    this.#traffic = traffic;
    this.#limits = limits;
  }

  status(): MachineStatus {
    const { project_id, epoch, quiesced } = this.#volume.state;
    return {
      ready: true,
      project_id,
      epoch,
      serving: project_id !== null && quiesced === null,
      quiesced: quiesced !== null,
      open_connections: this.#traffic.openConnections,
      last_activity_at: this.#traffic.lastActivityAt?.toISOString() ?? null,
      tables: this.#volume.database?.rows() ?? null,
      protocol: 1,
    };
  }

  configure(epoch: number, projectId: string, deployKey: string): Promise<ProjectAndEpoch> {
    return this.#obey({ name: 'configure', epoch, projectId }, async () => {
      const sha256 = createHash('sha256').update(deployKey).digest('hex');
      this.#volume.becomeProject(projectId, sha256, epoch);
      return this.#projectAndEpoch();
    });
  }

  restore(epoch: number, order: RestoreOrder): Promise<RestoreResult> {
    return this.#obey({ name: 'restore', epoch }, async ({ signal, earlier }) => {
      return earlier ?? restoreFrom(this.#volume, order, { epoch, limits: this.#limits, signal });
    });
  }

  archive(epoch: number, order: ArchiveOrder): Promise<ArchiveResult> {
    return this.#obey({ name: 'archive', epoch }, ({ signal }) => {
      quiesce(this.#volume, this.#traffic, epoch);
      return archiveTo(this.#volume, order, { epoch, limits: this.#limits, signal });
    });
  }

  resume(epoch: number): Promise<ProjectAndEpoch> {
    return this.#obey({ name: 'resume', epoch }, async () => {
      if (this.#volume.state.quiesced !== null) this.#volume.keep({ ...this.#volume.state, quiesced: null });
      return this.#projectAndEpoch();
    });
  }

  /** Ends what runs; afterwards nothing touches the volume any more. */
  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #obey<T>(call: Call, act: (turn: Turn) => Promise<T>): Promise<T> {
    this.#admit(call);
    try {
      return await this.#queue.run(call.epoch, (signal) => act({ signal, earlier: this.#admit(call) }));
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      this.#admit(call);
      throw new Problem(503, 'stopping', 'The project server is stopping.', { retryAfterSecs: 1, cause: error });
    }
  }

  /** Keeps the call's epoch, or throws why it is refused. Returns what an earlier restore of this epoch answered. */
  #admit(call: Call): RestoreResult | null {
    const admission = admit(this.#volume.state, call);
    if (admission.kind === 'already_restored') return admission.result;
    if (admission.kind !== 'proceed') throw refusal(admission);
    this.#volume.keep(admission.state);
    return null;
  }

  #projectAndEpoch(): ProjectAndEpoch {
    const { project_id, epoch } = this.#volume.state;
    return { project_id, epoch };
  }
}

interface Turn {
  readonly signal: AbortSignal;
  readonly earlier: RestoreResult | null;
}

function refusal(admission: Exclude<Admission, { kind: 'proceed' | 'already_restored' }>): Problem {
  switch (admission.kind) {
    case 'stale_epoch':
      return new Problem(409, 'stale_epoch', `A decision of epoch ${admission.epoch} was seen already.`, {
        members: { epoch: admission.epoch },
      });
    case 'other_project':
      return new Problem(409, 'other_project', `This machine belongs to project ${admission.projectId} for life.`, {
        members: { project_id: admission.projectId },
      });
    case 'not_configured':
      return new Problem(409, 'not_configured', 'This machine belongs to no project yet. Configure it first.');
  }
}
