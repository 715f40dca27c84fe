import type { Autostop, HostedMachine, MachineHost } from '../machine-host.js';
import { refusals } from '../refusal.js';
import { hostedService } from './hosted-service.js';
import type { Machine } from './machine.js';
import type { MachineRecord } from './record.js';
import type { MachineRegistry } from './registry.js';
import { isResting } from './state-machine.js';
import { waitUntil } from './wait-until.js';

/** Far beyond what any profile of timings takes. */
const maxChangeMs = 60_000;

export function hostMachines(registry: MachineRegistry, findApp: MachineHost['findApp']): MachineHost {
  return {
    findApp,
    find: (app, machineId) => {
      const machine = registry.find(machineId);
      return machine?.record.identity.app === app ? hostMachine(machine) : undefined;
    },
    list: (app) => registry.list(app, { includeDeleted: false }).map(hostMachine),
  };
}

function hostMachine(machine: Machine): HostedMachine {
  const { record } = machine;
  return {
    id: record.identity.id,
    app: record.identity.app,
    region: record.identity.region,
    get state() {
      return record.state;
    },
    get cordoned() {
      return record.cordoned;
    },
    get service() {
      return hostedService(record.config);
    },
    get address() {
      return machine.address;
    },
    start: (source) => startAndWait(machine, source),
    autostop: (kind) => autostop(machine, kind),
  };
}

async function startAndWait(machine: Machine, source: 'proxy' | 'user'): Promise<void> {
  assertReachedByProxy(machine);
  machine.start(source);
  const done = ({ phase }: MachineRecord) => phase !== 'starting' || undefined;
  await waitUntil(machine.record, done, { timeoutMs: maxChangeMs, clock: machine.clock });
  const { phase, identity } = machine.record;
  if (phase !== 'started') throw new Error(`Machine ${identity.id} did not start: it is ${phase}.`);
}

/** What cannot be suspended is stopped. Source: fly.io/docs/reference/fly-proxy-autostop-autostart. */
async function autostop(machine: Machine, kind: Exclude<Autostop, 'off'>): Promise<void> {
  const { record } = machine;
  if (record.phase !== 'started') return;
  assertReachedByProxy(machine);
  if (kind === 'suspend' && machine.suspendObstacle === undefined) machine.suspend('proxy');
  else machine.stop('proxy');
  await waitUntil(record, ({ phase }) => isResting(phase) || undefined, {
    timeoutMs: maxChangeMs,
    clock: machine.clock,
  });
}

/** The proxy has no nonce. @throws FlyRefusal 409 while somebody holds the lease, 503 when the host is away */
function assertReachedByProxy({ lease, host }: Machine): void {
  lease.assertMay(undefined);
  if (!host.reachable) throw refusals.hostUnreachable(host.id);
}
