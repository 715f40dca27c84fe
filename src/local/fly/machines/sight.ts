import type { FlyMachineEvent } from '../../../sdk/fly/wire.js';
import type { CheckStatus } from './checks/checks.js';
import type { Lease } from './lease.js';
import type { Machine } from './machine.js';
import type { MachineRecord } from './record.js';

/** What of a machine is shown on the wire. */
export interface MachineSight {
  readonly record: Pick<
    MachineRecord,
    'identity' | 'state' | 'version' | 'config' | 'privateIp' | 'cordoned' | 'createdAtMs' | 'updatedAtMs'
  > & { readonly events: { readonly newestFirst: readonly FlyMachineEvent[] } };
  readonly lease: { readonly current: Lease | undefined };
  readonly checks: { readonly statuses: readonly CheckStatus[] };
  readonly host: { readonly reachable: boolean };
}

/** A machine as it is now, whatever becomes of it. */
export function stillMachine({ record, lease, checks, host }: Machine): MachineSight {
  const { identity, state, version, config, privateIp, cordoned, createdAtMs, updatedAtMs } = record;
  const events = { newestFirst: record.events.newestFirst };
  return {
    record: { identity, state, version, config, privateIp, cordoned, createdAtMs, updatedAtMs, events },
    lease: { current: lease.current },
    checks: { statuses: checks.statuses },
    host: { reachable: host.reachable },
  };
}
