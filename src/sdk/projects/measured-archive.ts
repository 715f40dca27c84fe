import type { ErrorCode } from '../errors.js';
import type { ArchiveOutcome, Telemetry } from '../telemetry.js';

/** One attempt at an archive, for whoever measures. */
export class MeasuredArchive {
  readonly #telemetry: Telemetry;
  readonly #beganAtMs = performance.now();
  /** Known once it was proven. */
  bytes: number | null = null;

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  ended(outcome: ArchiveOutcome): void {
    const bytes = outcome === 'archived' ? this.bytes : null;
    this.#telemetry.archive({ outcome, bytes, durationMs: performance.now() - this.#beganAtMs });
  }
}

/** Not failures: it is in use, or gone, as it should be; or it could not be brought back, and so is not put away. */
const leftAlone: ReadonlySet<ErrorCode> = new Set([
  'machine_busy',
  'state_changed',
  'project_deleted',
  'cannot_restore',
]);

export function isLeftAlone(code: ErrorCode): boolean {
  return leftAlone.has(code);
}
