import type { MonotonicClock } from '../clock.js';
import { ValetError } from '../errors.js';

export interface KnownRegionParts {
  /** Those of the configuration: taken without a question. */
  readonly ours: readonly string[];
  /** Fly's own list. */
  readonly list: () => Promise<readonly string[]>;
  readonly clock: Pick<MonotonicClock, 'nowMs'>;
}

/** A region that Fly opens is known so much later. */
const keepMs = 3_600_000;
/** Fly is not asked more often while it does not answer. */
const retryMs = 60_000;

/** Whether there is such a region, as far as it can be known before a machine is made there. */
export class KnownRegions {
  readonly #parts: KnownRegionParts;
  #known: Promise<ReadonlySet<string> | undefined> | undefined;
  #untilMs = 0;

  constructor(parts: KnownRegionParts) {
    this.#parts = parts;
  }

  /** @throws ValetError `request_invalid` if Fly has no such region; if Fly does not say, the create will find out */
  async demand(region: string): Promise<void> {
    if (this.#parts.ours.includes(region)) return;
    const known = await this.#regions();
    if (known === undefined || known.has(region)) return;
    const list = [...known].toSorted().join(', ');
    throw new ValetError('request_invalid', `Fly has no region "${region}".`, {
      hint: `Use one of ${list}, or leave it out.`,
      details: { faults: [{ field: 'region', rule: `one of ${list}` }] },
    });
  }

  /** Set before anything is awaited, so that all who ask at once share one question. */
  #regions(): Promise<ReadonlySet<string> | undefined> {
    if (this.#known === undefined || this.#parts.clock.nowMs() >= this.#untilMs) {
      this.#untilMs = this.#parts.clock.nowMs() + keepMs;
      this.#known = this.#ask();
    }
    return this.#known;
  }

  async #ask(): Promise<ReadonlySet<string> | undefined> {
    const regions = await this.#parts.list().catch(() => []);
    if (regions.length > 0) return new Set(regions);
    this.#untilMs = this.#parts.clock.nowMs() + retryMs;
    return undefined;
  }
}
