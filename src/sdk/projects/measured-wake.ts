import { codeOf } from '../errors.js';
import type { Telemetry, WakeKind, WakeResult } from '../telemetry.js';

/** One wake on its way, for whoever measures. */
export class MeasuredWake {
  readonly #telemetry: Telemetry;
  readonly #beganAtMs = performance.now();
  /** By what it was last tried. */
  kind: WakeKind;

  constructor(telemetry: Telemetry, kind: WakeKind) {
    this.#telemetry = telemetry;
    this.kind = kind;
  }

  ended(outcome: WakeResult): void {
    this.#telemetry.wake({ kind: this.kind, outcome, durationMs: performance.now() - this.#beganAtMs });
  }
}

/** @param failure undefined when the project is awake after all */
export function wakeResult(failure: Error | undefined, interrupted: boolean): WakeResult {
  if (failure === undefined) return 'ok';
  return interrupted || codeOf(failure) === 'state_changed' ? 'given_up' : 'failed';
}
