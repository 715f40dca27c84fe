import type { DatabaseContents } from '../../database/health-rows.js';
import { asError, codeOf } from '../../errors.js';
import type { FlyClient } from '../../fly/client.js';
import type { MachineProtocol } from '../../machines/protocol.js';
import type { MachineAnswer } from '../verdicts/private-network.js';

export interface MachineProbeParts {
  readonly contents: Pick<DatabaseContents, 'startedMachines'>;
  readonly fly: Pick<FlyClient, 'getMachine'>;
  readonly protocol: Pick<MachineProtocol, 'status'>;
}

const maxCandidates = 3;
const timeoutMs = 6_000;

/** One machine of ours that runs, asked for its status: that wakes nothing and keeps nothing awake. */
export class MachineProbe {
  readonly #parts: MachineProbeParts;

  constructor(parts: MachineProbeParts) {
    this.#parts = parts;
  }

  async ask(signal: AbortSignal): Promise<MachineAnswer> {
    const { contents, fly } = this.#parts;
    for (const { flyId, name } of await contents.startedMachines(maxCandidates, signal)) {
      // The row may be some seconds old, and the private name of a machine that sleeps leads nowhere.
      const machine = await fly.getMachine(flyId, { timeoutMs, signal }).catch(() => undefined);
      if (machine?.state === 'started') return this.#status(flyId, name, signal);
    }
    return { kind: 'nobody' };
  }

  async #status(flyId: string, name: string, signal: AbortSignal): Promise<MachineAnswer> {
    try {
      const status = await this.#parts.protocol.status({ flyId, name }, { timeoutMs, signal });
      return { kind: 'status', machine: flyId, basic: status.kind === 'basic' };
    } catch (thrown) {
      signal.throwIfAborted();
      const reason = asError(thrown).message.replace(/\.$/, '');
      const kind = codeOf(thrown) === 'machine_unreachable' ? 'unreachable' : 'refused';
      return { kind, machine: flyId, reason };
    }
  }
}
