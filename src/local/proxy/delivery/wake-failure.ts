import type { FlyMachineState } from '../../../sdk/fly/wire.js';
import type { HostedMachine } from '../../fly/machine-host.js';
import { TookTooLong } from './within.js';

const startable: ReadonlySet<FlyMachineState> = new Set(['created', 'stopped', 'suspended', 'failed']);

/**
 * A line for the log, led by Fly's code: PM03 when the start took too long, PM08 in a state that forbids it, PM01 for
 * all else that the Machines API refuses, such as somebody's lease. Source: fly.io/docs/monitoring/error-codes
 */
export function describeWakeFailure(machine: HostedMachine, error: unknown): string {
  const code = error instanceof TookTooLong ? 'PM03' : startable.has(machine.state) ? 'PM01' : 'PM08';
  return `[${code}] machine ${machine.id}, ${machine.state}, was not started: ${String(error)}`;
}
