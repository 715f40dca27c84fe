import type { CheckConfig } from '../config/check.js';
import type { MachineConfig } from '../config/schema.js';
import { parseDurationMs } from '../duration.js';

export interface PlannedCheck {
  readonly name: string;
  readonly kind: 'tcp' | 'http';
  /** Undefined where the program cannot be listening, since it has one port here. */
  readonly target: 'program' | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly graceMs: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** So many of a machine's checks are made; the rest are not shown. */
const maxChecks = 20;
/** Where the config says nothing. Source: fly.io/docs/reference/health-checks. */
const defaults = { graceMs: 1000, intervalMs: 15_000, timeoutMs: 2000 };
/** A shorter interval would be a busy loop. */
const minIntervalMs = 100;

/** A machine's checks: those of its services, named as Fly names them, and its own. */
export function planChecks(config: MachineConfig): readonly PlannedCheck[] {
  const services = config.services ?? [];
  const ports = services.map((service) => service.internal_port);
  const own = Object.entries(config.checks ?? {}).map(([name, check]) => planCheck(name, check, ports));
  const ofServices = services.flatMap((service, index) =>
    (service.checks ?? []).map((check) => {
      const port = check.port ?? service.internal_port;
      const name = `servicecheck-${String(index).padStart(2, '0')}-${check.type}-${port}`;
      return planCheck(name, { ...check, port }, ports);
    }),
  );
  return [...ofServices, ...own].slice(0, maxChecks);
}

function planCheck(name: string, check: CheckConfig, ports: readonly number[]): PlannedCheck {
  const listens = check.port === undefined || ports.length === 0 || ports.includes(check.port);
  return {
    name,
    kind: check.type,
    target: listens ? 'program' : undefined,
    method: check.method?.toUpperCase() ?? 'GET',
    path: check.path ?? '/',
    headers: (check.headers ?? []).flatMap((header) => header.values.map((value) => [header.name, value] as const)),
    graceMs: msOf(check.grace_period, defaults.graceMs),
    intervalMs: Math.max(minIntervalMs, msOf(check.interval, defaults.intervalMs)),
    timeoutMs: msOf(check.timeout, defaults.timeoutMs),
  };
}

function msOf(duration: string | undefined, fallbackMs: number): number {
  return duration === undefined ? fallbackMs : (parseDurationMs(duration) ?? fallbackMs);
}
