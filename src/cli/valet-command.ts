import { Flags } from '@oclif/core';
import type { Valet } from '../sdk/valet.js';
import { BaseCommand } from './base-command.js';

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
      throw signal.aborted ? signal.reason : error;
    }
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
