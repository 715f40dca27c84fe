import type { HostedService } from '../machine-host.js';
import type { MachineConfig } from './config/schema.js';

type Port = NonNullable<MachineConfig['services']>[number]['ports'][number];

/** Where the config names none. Source: fly.io/docs/reference/configuration. */
const defaultSoftLimit = 20;

/** The first service's settings; without `autostart` traffic wakes nothing, the default of the raw API. */
export function hostedService(config: MachineConfig): HostedService | undefined {
  const first = config.services?.[0];
  if (first === undefined) return undefined;
  const { autostop = 'off', concurrency } = first;
  return {
    internalPort: first.internal_port,
    publicPorts: first.ports.flatMap(portsOf),
    autostart: (first.autostart ?? false) && config.disable_machine_autostart !== true,
    autostop: typeof autostop === 'boolean' ? (autostop ? 'stop' : 'off') : autostop,
    minMachinesRunning: first.min_machines_running ?? 0,
    concurrency: {
      type: concurrency?.type ?? 'connections',
      softLimit: concurrency?.soft_limit ?? defaultSoftLimit,
      hardLimit: concurrency?.hard_limit,
    },
  };
}

function portsOf({ port, start_port: from, end_port: to }: Port): readonly number[] {
  if (port !== undefined) return [port];
  if (from === undefined || to === undefined) return [];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
