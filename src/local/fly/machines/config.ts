import { z } from 'zod';
import type { FlyGuest } from '../../../sdk/fly/wire.js';
import { parseDurationMs } from './duration.js';
import { defaultGuest } from './guest.js';

const whole = z.int().nonnegative();
const port = z.int().min(1).max(65_535);
const stringMap = z.record(z.string(), z.string());
const duration = z
  .union([z.string(), z.number()])
  .refine((value) => parseDurationMs(value) !== undefined, 'time: invalid duration');

const guest = z.object({
  cpu_kind: z.enum(['shared', 'performance']),
  cpus: whole,
  memory_mb: whole,
  persist_rootfs: z.exactOptional(z.enum(['never', 'restart', 'always'])),
});

const service = z.object({
  protocol: z.enum(['tcp', 'udp']),
  internal_port: port,
  ports: z
    .array(
      z.object({
        port,
        handlers: z.array(z.enum(['http', 'tls'])).default([]),
        force_https: z.exactOptional(z.boolean()),
        http_options: z.exactOptional(z.unknown()),
        tls_options: z.exactOptional(z.unknown()),
      }),
    )
    .default([]),
  autostop: z.exactOptional(z.union([z.enum(['off', 'stop', 'suspend']), z.boolean()])),
  autostart: z.exactOptional(z.boolean()),
  min_machines_running: z.exactOptional(whole),
  concurrency: z.exactOptional(
    z.object({
      type: z.enum(['connections', 'requests']),
      soft_limit: z.exactOptional(whole),
      hard_limit: z.exactOptional(whole),
    }),
  ),
  checks: z.exactOptional(z.array(z.unknown())),
});

const signal = z.enum(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGTERM']);

/** Names of the API only: whatever else is sent is dropped without a word, as on Fly. */
export const machineConfigSchema = z.object({
  image: z.string().min(1),
  env: z.exactOptional(stringMap),
  guest: z.exactOptional(guest),
  size: z.exactOptional(z.string()),
  init: z.exactOptional(z.looseObject({ swap_size_mb: z.exactOptional(whole) })),
  mounts: z.exactOptional(
    z
      .array(
        z.object({ volume: z.string().min(1), path: z.string().startsWith('/'), name: z.exactOptional(z.string()) }),
      )
      .max(1),
  ),
  services: z.exactOptional(z.array(service)),
  checks: z.exactOptional(z.record(z.string(), z.unknown())),
  restart: z.exactOptional(
    z.object({ policy: z.enum(['no', 'always', 'on-failure']), max_retries: z.exactOptional(whole) }),
  ),
  auto_destroy: z.exactOptional(z.boolean()),
  metadata: z.exactOptional(stringMap),
  stop_config: z.exactOptional(z.object({ signal: z.exactOptional(signal), timeout: z.exactOptional(duration) })),
  schedule: z.exactOptional(z.enum(['hourly', 'daily', 'weekly', 'monthly'])),
  metrics: z.exactOptional(z.unknown()),
  dns: z.exactOptional(z.unknown()),
});

export const stopRequestSchema = z.object({
  signal: z.exactOptional(signal),
  timeout: z.exactOptional(duration),
});

export type MachineConfig = z.infer<typeof machineConfigSchema>;
export type StopRequest = z.infer<typeof stopRequestSchema>;

const defaultStopTimeoutMs = 5000;
const maxStopTimeoutMs = 300_000;

export interface StopOrder {
  readonly signal: z.infer<typeof signal>;
  readonly timeoutMs: number;
}

/** How the program is told to end: by the request, else by the config, else as Fly does by default. */
export function stopOrder(config: MachineConfig, request: StopRequest = {}): StopOrder {
  const timeout = request.timeout ?? config.stop_config?.timeout;
  const timeoutMs = timeout === undefined ? defaultStopTimeoutMs : parseDurationMs(timeout);
  return {
    signal: request.signal ?? config.stop_config?.signal ?? 'SIGINT',
    timeoutMs: Math.min(timeoutMs ?? defaultStopTimeoutMs, maxStopTimeoutMs),
  };
}

export function guestOf(config: MachineConfig): FlyGuest {
  return config.guest ?? defaultGuest;
}

const maxSuspendableMb = 2048;

/** Why this machine cannot be suspended; undefined when it can. Source: fly.io/docs/reference/suspend-resume. */
export function suspendObstacle(config: MachineConfig): string | undefined {
  if (guestOf(config).memory_mb > maxSuspendableMb) return `machines with more than ${maxSuspendableMb} MiB of memory`;
  if ((config.init?.swap_size_mb ?? 0) > 0) return 'machines with swap';
  if (config.schedule !== undefined) return 'machines with a schedule';
  return undefined;
}
