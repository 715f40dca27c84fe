/** One measurement of one side. */
export interface Sample {
  readonly perSec: number;
  /** Of the server's core, 0 to 1; undefined where nobody can tell. */
  readonly serverBusy: number | undefined;
  /** Of processor time of the server for one answer, in microseconds: steadier than the speed where others want the core too. */
  readonly cpuMicros: number | undefined;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** What a row of a suite came to. Ratios are of neighbours in time, so what slows the machine slows both. */
export interface Row {
  readonly name: string;
  readonly subject: string;
  readonly baseline: string;
  readonly ratio: Spread;
  /** The least ratio that is good enough; undefined for what is only told. */
  readonly mark: number | undefined;
  readonly subjectSamples: readonly Sample[];
  readonly baselineSamples: readonly Sample[];
  /** Further facts of the row, in words. */
  readonly notes: readonly string[];
  /** Further conditions of the row that do not hold, in words. */
  readonly faults: readonly string[];
}

export interface Side {
  readonly name: string;
  measure(): Promise<Sample>;
}

export interface Comparison {
  readonly name: string;
  readonly subject: Side;
  readonly baseline: Side;
  readonly mark?: number;
}

/** Measures both sides in short turns, so often, after one turn each that does not count. */
export async function compare({ name, subject, baseline, mark }: Comparison, rounds: number): Promise<Row> {
  const subjectSamples: Sample[] = [];
  const baselineSamples: Sample[] = [];
  for (const side of [baseline, subject]) await side.measure();
  for (let round = 0; round < rounds; round += 1) {
    baselineSamples.push(await baseline.measure());
    subjectSamples.push(await subject.measure());
  }
  const ratios = subjectSamples.map((sample, at) => sample.perSec / (baselineSamples[at]?.perSec ?? Number.NaN));
  return {
    name,
    subject: subject.name,
    baseline: baseline.name,
    ratio: spreadOf(ratios),
    mark,
    subjectSamples,
    baselineSamples,
    notes: [],
    faults: [],
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
  return { median, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

export function isReached({ mark, ratio, faults }: Row): boolean {
  return faults.length === 0 && (mark === undefined || ratio.median >= mark);
}
