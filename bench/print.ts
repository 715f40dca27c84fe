import { isReached, type Row, type Sample, spreadOf } from './row.ts';

/** A row as lines of text. */
export function printed(row: Row): string {
  const mark =
    row.mark === undefined ? '' : `  mark ${row.mark.toFixed(2)}: ${isReached(row) ? 'reached' : 'NOT REACHED'}`;
  const { median, least, most } = row.ratio;
  const lines = [
    `${row.name}: ${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})${mark}`,
    side(row.subject, row.subjectSamples),
    side(row.baseline, row.baselineSamples),
    ...row.notes,
    ...row.faults.map((fault) => `NOT REACHED: ${fault}`),
  ];
  return lines.join('\n  ');
}

function side(name: string, samples: readonly Sample[]): string {
  const perSec = spreadOf(samples.map((sample) => sample.perSec));
  const busy = spreadOf(samples.map((sample) => sample.serverBusy ?? Number.NaN)).median;
  const micros = spreadOf(samples.map((sample) => sample.cpuMicros ?? Number.NaN)).median;
  const p50 = spreadOf(samples.map((sample) => sample.p50Ms)).median;
  const p99 = spreadOf(samples.map((sample) => sample.p99Ms)).median;
  const speed = `${whole(perSec.median)}/s (${whole(perSec.least)} to ${whole(perSec.most)})`;
  const core = Number.isNaN(busy)
    ? ''
    : `, ${micros.toFixed(1)} µs of CPU each, server's core ${Math.round(busy * 100)} % busy`;
  return `${name}: ${speed}, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms${core}`;
}

function whole(perSec: number): string {
  return Math.round(perSec).toLocaleString('en');
}
