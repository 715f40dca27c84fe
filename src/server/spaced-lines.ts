import type { Logger } from 'pino';

const periodMs = 10_000;
const maxLinesPerPeriod = 10;

interface Period {
  lines: number;
  leftOut: number;
  ends: NodeJS.Timeout;
}

/**
 * Lines about what anybody can cause any number of times: the first few of a kind in ten seconds are written, the others
 * counted and told at the end.
 */
export class SpacedLines {
  readonly #log: Logger;
  readonly #periods = new Map<string, Period>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Kinds must be few: each is remembered while its period lasts. */
  write(kind: string, line: (log: Logger) => void): void {
    const period = this.#periods.get(kind) ?? this.#begin(kind);
    period.lines += 1;
    if (period.lines <= maxLinesPerPeriod) line(this.#log);
    else period.leftOut += 1;
  }

  /** Tells what was left out. */
  close(): void {
    for (const kind of this.#periods.keys()) this.#end(kind);
  }

  #begin(kind: string): Period {
    const ends = setTimeout(() => this.#end(kind), periodMs).unref();
    const period = { lines: 0, leftOut: 0, ends };
    this.#periods.set(kind, period);
    return period;
  }

  #end(kind: string): void {
    const period = this.#periods.get(kind);
    if (period === undefined) return;
    clearTimeout(period.ends);
    this.#periods.delete(kind);
    if (period.leftOut > 0)
      this.#log.info({ code: kind, left_out: period.leftOut }, 'more of the same, not logged one by one');
  }
}
