const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds of a duration as the API takes it: a Go string such as `1m30s`, or a whole number of nanoseconds.
 * Undefined when it is neither. Source: pkg.go.dev/time#ParseDuration.
 */
export function parseDurationMs(value: string | number): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value / 1e6 : undefined;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return value === '0' ? 0 : undefined;
  let totalMs = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    totalMs += Number(amount) * (unitsMs[unit ?? ''] ?? 0);
  }
  return totalMs;
}

/** As Go writes a duration: `1m30s`, `250ms`, `1h0m0s`. Source: pkg.go.dev/time#Duration.String. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return belowASecond(ms);
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = Number(((ms % 60_000) / 1000).toFixed(9));
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

function belowASecond(ms: number): string {
  if (ms === 0) return '0s';
  if (ms >= 1) return `${Number(ms.toFixed(6))}ms`;
  return ms >= 0.001 ? `${Number((ms * 1000).toFixed(3))}µs` : `${Math.round(ms * 1e6)}ns`;
}
