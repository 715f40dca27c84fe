import type { Installation, InstallationTable } from '../../database/installation.js';
import type { QuarantineTable } from '../../database/quarantine.js';
import { codeOf } from '../../errors.js';
import type { HighWaterMark } from '../../upkeep/high-water-mark.js';
import type { QuarantineFacts } from '../verdicts/installation.js';

export interface InstallationProbeParts {
  readonly installation: Pick<InstallationTable, 'read'>;
  readonly quarantine: Pick<QuarantineTable, 'open'>;
}

/** Whose database this is. Never binds it. */
export class InstallationProbe {
  readonly #parts: InstallationProbeParts;

  constructor(parts: InstallationProbeParts) {
    this.#parts = parts;
  }

  /** Null while it is nobody's. */
  async bound(): Promise<Installation | null> {
    try {
      return await this.#parts.installation.read();
    } catch (thrown) {
      if (codeOf(thrown) === 'environment_mismatch') return null;
      throw thrown;
    }
  }

  quarantine(): Promise<QuarantineFacts> {
    return this.#parts.quarantine.open();
  }

  /** The list first: whatever this database has marked until then is written down in it. */
  async marks(highWater: Pick<HighWaterMark, 'marks'>, bound: Installation, signal: AbortSignal) {
    const marks = await highWater.marks(bound, signal);
    return { marks, now: (await this.bound()) ?? bound };
  }
}
