import { startDecision } from '../pool/start-decision.js';
import type { MachineStarter } from '../pool/starter.js';
import type { ProjectId } from '../projects/project-id.js';
import type { MachineFinding } from '../routing/ports.js';
import type { Observation } from './observe.js';

export interface RescueParts {
  readonly observation: Pick<Observation, 'project'>;
  readonly starter: Pick<MachineStarter, 'ensureStarted'>;
}

/**
 * Follows up on a request that its machine did not take: the machine is looked at, started if it does not run, and
 * rebuilt if it is proven gone. One that runs and does not answer is left to the next request. Uses nothing (G11).
 */
export class Rescue {
  readonly #parts: RescueParts;

  constructor(parts: RescueParts) {
    this.#parts = parts;
  }

  /** @throws ValetError when Fly or the database does not say, or the machine does not start */
  async project(id: ProjectId, signal: AbortSignal): Promise<MachineFinding> {
    const finding = await this.#parts.observation.project(id, signal);
    if (finding.kind !== 'there') return finding;
    const { row, flyState } = finding;
    if (row.project_state !== 'active' || startDecision(flyState) !== 'start') return { kind: 'there' };
    await this.#parts.starter.ensureStarted(row, signal);
    return { kind: 'started' };
  }
}
