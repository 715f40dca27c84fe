import { Flags } from '@oclif/core';
import type { Valet } from '../sdk/valet.js';
import { BaseCommand } from './base-command.js';
import type { FailureJson } from './failure/failure.js';
import { lineOf, tellsLines } from './flags/json-lines.js';
import { Interrupted } from './interruption.js';
import { followWork, type Work } from './progress/follow-work.js';
import { plainView } from './progress/view.js';
import { byOutcome, outcomeTable } from './views/outcomes.js';

export interface ValetFlags {
  readonly url: string | undefined;
  readonly environment: string | undefined;
}

/** A command that asks Valet something, over HTTP or directly; it cannot tell which. */
export abstract class ValetCommand extends BaseCommand {
  static override baseFlags = {
    url: Flags.string({
      description: 'Ask the `valet serve` at this address (default: VALET_URL; without it: directly).',
      helpGroup: 'GLOBAL',
      helpValue: 'https://…',
    }),
    environment: Flags.string({
      description: 'Do nothing unless this is its name (default: VALET_ENVIRONMENT).',
      helpGroup: 'GLOBAL',
      helpValue: 'NAME',
    }),
  };

  /** Opens Valet, asks, and closes it again whatever happens. SIGINT and SIGTERM abort the signal. */
  protected async ask<T>(flags: ValetFlags, question: (valet: Valet, signal: AbortSignal) => Promise<T>): Promise<T> {
    using interruption = this.surroundings.interruption();
    const { signal } = interruption;
    await using valet = await this.surroundings.openValet(flags, this.surroundings.env);
    try {
      return await question(valet, signal);
    } catch (error) {
      // However the call words it, the reason is the signal.
      throw signal.aborted && !(error instanceof Interrupted) ? signal.reason : error;
    }
  }

  /**
   * Shows on stderr how far the work has come, then a summary; with --json-lines every step goes to stdout. What was done
   * is printed also when something ends it before its end.
   */
  protected async follow<Result>(work: Work<Result>, signal: AbortSignal): Promise<Result> {
    const { openLiveView, stdout } = this.surroundings;
    const isLive = openLiveView !== undefined && !this.jsonEnabled();
    const view = isLive ? await openLiveView(work.title) : plainView(work.title, (line) => this.tell(line));
    return followWork(work, signal, {
      view,
      onStep: (step) => {
        if (this.#tellsLines) stdout.write(lineOf(step));
      },
      onEnd: (summary) => {
        if (summary !== undefined) this.tell(summary);
      },
      onBroken: (outcomes) => {
        if (outcomes.length > 0) this.print(outcomeTable(byOutcome(outcomes), stdout));
      },
    });
  }

  get #tellsLines(): boolean {
    return tellsLines(this.argv, this.ctor.flags);
  }

  /** Lines are JSON too: nothing else may come between them. */
  override jsonEnabled(): boolean {
    return super.jsonEnabled() || this.#tellsLines;
  }

  protected override logJson(json: unknown): void {
    // The last step had the result.
    if (!this.#tellsLines) super.logJson(json);
  }

  protected override logFailure(json: FailureJson): void {
    if (this.#tellsLines) this.surroundings.stdout.write(lineOf({ kind: 'failed', ...json }));
    else super.logFailure(json);
  }

  /** A list: a table, or with --quiet only the ids. */
  protected printRows<Row>(
    rows: readonly Row[],
    quiet: boolean,
    as: { readonly none: string; readonly id: (row: Row) => string; readonly table: () => string },
  ): void {
    if (quiet) for (const row of rows) this.print(as.id(row));
    else if (rows.length > 0) this.print(as.table());
    else this.tell(as.none);
  }

  protected tellOfMore(cursor: string | null): void {
    if (cursor !== null) this.tell(`There are more: --cursor ${cursor}`);
  }

  /** What was done, or that and why there was nothing to do. */
  protected printOutcome(skipped: string | null, outcome: string, nothing: string): void {
    if (outcome !== '') this.print(outcome);
    else this.tell(skipped ?? nothing);
  }
}
