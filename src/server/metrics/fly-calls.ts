import { Counter, Histogram, type Registry } from 'prom-client';
import type { Telemetry } from '../../sdk/telemetry.js';
import { flyStatus } from './labels.js';

const callBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const queueBuckets = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Every attempt of a call to Fly. */
export function flyTelemetry(registry: Registry): Pick<Telemetry, 'flyCall'> {
  const registers = [registry];
  const calls = new Counter({
    name: 'valet_fly_calls_total',
    help: 'Attempts of calls to Fly, by call and answer.',
    labelNames: ['call', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'valet_fly_call_duration_seconds',
    help: 'How long Fly took to answer, without the wait for a turn.',
    labelNames: ['call'],
    buckets: callBuckets,
    registers,
  });
  const queued = new Histogram({
    name: 'valet_fly_queue_duration_seconds',
    help: "How long calls waited for their turn under Fly's rate limits.",
    labelNames: ['call'],
    buckets: queueBuckets,
    registers,
  });
  return {
    flyCall: ({ call, status, durationMs, queuedMs }) => {
      calls.inc({ call, status: flyStatus(status) });
      duration.observe({ call }, durationMs / 1_000);
      queued.observe({ call }, queuedMs / 1_000);
    },
  };
}
