import type { Binding, InstallationTable } from '../database/installation.js';
import type { QuarantineTable } from '../database/quarantine.js';
import { ValetError } from '../errors.js';
import type { FuseCheck } from './fuse-check.js';
import type { HighWaterMark } from './high-water-mark.js';

export interface FuseParts {
  readonly installation: Pick<InstallationTable, 'read'>;
  readonly quarantine: Pick<QuarantineTable, 'open'>;
  readonly highWater: Pick<HighWaterMark, 'assertReached'>;
  readonly binding: Binding;
}

const askTimeoutMs = 15_000;

/**
 * Stands before every destructive pass: asked once there is something to destroy, before the first call. Blows while the
 * database is not what it was, or while something of ours is not accounted for. What destroys nothing goes on.
 */
export class DestructionFuse implements FuseCheck {
  readonly #parts: FuseParts;

  constructor(parts: FuseParts) {
    this.#parts = parts;
  }

  /**
   * @throws ValetError `fuse_blown`, which says why and what to do; `store_failed`, `database_unavailable`: nothing may
   * be destroyed while nobody knows
   */
  async assertIntact(signal?: AbortSignal): Promise<void> {
    const bound = await this.#parts.installation.read();
    assertOurs(bound, this.#parts.binding);
    const soon = AbortSignal.timeout(askTimeoutMs);
    await this.#parts.highWater.assertReached(bound, signal ? AbortSignal.any([signal, soon]) : soon);
    await this.#assertNothingOpen();
  }

  async #assertNothingOpen(): Promise<void> {
    const { first, count } = await this.#parts.quarantine.open();
    if (!first) return;
    const others = count > 1 ? ` and ${count - 1} more` : '';
    const why = first.detail === null ? '' : `: ${first.detail}`;
    throw new ValetError(
      'fuse_blown',
      `Nothing is destroyed while ${first.kind} ${first.name} (${first.fly_id})${others} is in quarantine${why}.`,
      {
        hint: 'Look with "valet orphans list", then decide with "valet orphans remove" or "valet orphans keep".',
        details: { fly_id: first.fly_id, reason: first.reason, open: count },
      },
    );
  }
}

function assertOurs(bound: Binding, ours: Binding): void {
  if (bound.environment === ours.environment && bound.flyApp === ours.flyApp) return;
  throw new ValetError(
    'fuse_blown',
    `Nothing is destroyed: the database is now bound to environment "${bound.environment}" with Fly app ` +
      `"${bound.flyApp}", not to "${ours.environment}" with "${ours.flyApp}".`,
    { hint: 'Set VALET_ENVIRONMENT and VALET_FLY_APP to what the database belongs to, or use another database.' },
  );
}
