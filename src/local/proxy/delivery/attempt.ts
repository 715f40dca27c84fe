import type { HostedMachine } from '../../fly/machine-host.js';
import type { ProxySettings } from '../options.js';
import type { Connections, Visit } from './connections.js';
import type { MachineSleep } from './machine-sleep.js';
import type { Member } from './members.js';
import type { Patience } from './patience.js';
import type { Answer, OutgoingRequest, Sent, Upstream } from './upstream.js';
import { describeWakeFailure } from './wake-failure.js';
import { withinMs } from './within.js';

export type Attempted =
  /** `visit` ends when the answer is done with; absent for what is no machine. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly member: Member; readonly visit: Visit | undefined }
  /** It may have been received. */
  | { readonly kind: 'broken'; readonly error: Error; readonly member: Member }
  /** Nothing was sent. `why` is undefined where nothing was tried. */
  | { readonly kind: 'refused'; readonly why: string | undefined };

export interface AttemptPorts {
  readonly upstream: Upstream;
  readonly connections: Connections;
  readonly sleep: MachineSleep;
  readonly settings: ProxySettings;
}

const sleepCheckMs = 100;

/** One try at one member, which is started for it if it sleeps. */
export async function attempt(
  ports: AttemptPorts,
  member: Member,
  request: OutgoingRequest,
  patience: Patience,
  signal: AbortSignal,
): Promise<Attempted> {
  const { machine } = member;
  const visit = machine && ports.connections.open(machine);
  // Its last place went to another request since the choice.
  if (machine !== undefined && visit === undefined) return { kind: 'refused', why: undefined };
  patience.attempted();
  let answered = false;
  try {
    const obstacle = machine && member.readiness === 'asleep' && (await wake(ports, machine, patience, signal));
    if (obstacle) return { kind: 'refused', why: obstacle };
    const sent = await send(ports, member, request, signal);
    if (sent.kind === 'refused') return { kind: 'refused', why: `[PC01] ${member.id} took no connection` };
    if (sent.kind === 'broken') return { kind: 'broken', error: sent.error, member };
    answered = true;
    return { kind: 'answered', answer: sent, member, visit };
  } finally {
    if (!answered) visit?.end();
  }
}

/** Undefined once it is started, or why it is not. */
async function wake(
  { sleep, settings }: AttemptPorts,
  machine: HostedMachine,
  patience: Patience,
  signal: AbortSignal,
): Promise<string | undefined> {
  const limitMs = Math.min(patience.untilTimeoutMs, settings.requestTimeoutMs);
  try {
    await withinMs(settings.clock, sleep.wake(machine), limitMs, signal);
    patience.machineWoke();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return describeWakeFailure(machine, error);
  }
}

async function send(
  { upstream, sleep, settings }: AttemptPorts,
  member: Member,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<Sent> {
  const { machine } = member;
  const address = machine === undefined ? member.address : machine.address;
  if (address === undefined) return { kind: 'refused', error: new Error(`${member.id} listens nowhere.`) };
  if (machine === undefined) return upstream.send(address, request, signal);
  // The machine may suspend itself just now: the connection then stands, and is answered once it runs again.
  const watch = setInterval(() => {
    if (machine.state !== 'suspended' || settings.unconfirmed.suspendedUnderRequest === 'left') return;
    sleep.wake(machine).catch(() => undefined);
  }, sleepCheckMs);
  const pooled = machine.service?.concurrency.type !== 'connections';
  return upstream.send(address, { ...request, pooled }, signal).finally(() => clearInterval(watch));
}
