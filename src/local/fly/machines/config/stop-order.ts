import { z } from 'zod';
import { parseDurationMs } from '../duration.js';
import type { MachineConfig } from './schema.js';
import { duration, type StopSignal, stopSignal } from './values.js';

/** The body of a stop. */
export const stopRequestSchema = z.object({
  signal: z.exactOptional(stopSignal),
  timeout: z.exactOptional(duration),
});

export type StopRequest = z.infer<typeof stopRequestSchema>;

const defaultStopTimeoutMs = 5000;
const maxStopTimeoutMs = 300_000;

export interface StopOrder {
  readonly signal: StopSignal;
  readonly timeoutMs: number;
}

/**
 * How the program is told to end: by the request, else by the config, else as Fly does by default. The vendor's client
 * sends `0s` when nobody has asked for a time. Source: github.com/superfly/fly-go, Duration in StopMachineInput.
 */
export function stopOrder(config: MachineConfig, request: StopRequest = {}): StopOrder {
  const askedMs = msOf(request.timeout);
  const timeoutMs = (askedMs === 0 ? undefined : askedMs) ?? msOf(config.stop_config?.timeout);
  return {
    signal: request.signal ?? config.stop_config?.signal ?? 'SIGINT',
    timeoutMs: Math.min(timeoutMs ?? defaultStopTimeoutMs, maxStopTimeoutMs),
  };
}

function msOf(timeout: string | undefined): number | undefined {
  return timeout === undefined ? undefined : parseDurationMs(timeout);
}
