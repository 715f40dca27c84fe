import { randomBytes } from 'node:crypto';
import { decideMachineAdoption, machineMark, type Proof } from './adoption.js';
import { createOrAdopt } from './create-or-adopt.js';
import type { Deadline, FlyCallOptions } from './deadline.js';
import { FlyError } from './errors.js';
import type { FlyTransport } from './transport.js';
import type { FlyCreateMachine, FlyMachine, FlyUpdateMachine } from './wire.js';

/** A machine to be made. Without a name it gets one before the call, by which it can be found again. */
export type FlyNewMachine = Omit<FlyCreateMachine, 'name'> & { readonly name?: string };

/** Which machines. */
export type FlyMachineFilter = {
  readonly region?: string;
  /** One state or several. */
  readonly state?: string | readonly string[];
  /** Those too that were destroyed. */
  readonly includeDeleted?: boolean;
} & (
  | {
      /** Every pair must be there. */
      readonly metadata?: Readonly<Record<string, string>>;
      readonly summary?: false;
    }
  // A summary has no config, so nothing can tell whether the filter was heeded.
  | {
      /** Without config, checks, events and host status. */
      readonly summary: true;
      readonly metadata?: never;
    }
);

const nameBytes = 8;
const lookTimeoutMs = 5_000;

/** @throws FlyError with advice `give-up` if the name belongs to a stranger; the create's own error if nothing was found */
export async function createMachine(
  fly: FlyTransport,
  order: FlyNewMachine,
  options?: FlyCallOptions,
): Promise<FlyMachine> {
  const name = order.name ?? `m-${randomBytes(nameBytes).toString('hex')}`;
  const proof = proofOf(order);
  const body: FlyCreateMachine = { ...order, name };
  return await createOrAdopt(fly, options, {
    create: ({ requestTimeoutMs, ...times }) =>
      fly.send('createMachine', { path: {}, target: name, body, requestTimeoutMs }, times),
    seek: async (failure, times) =>
      decideMachineAdoption(name, proof, await machinesLike(fly, proof, conflictOf(failure), times)),
  });
}

export async function getMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<FlyMachine> {
  return await fly.send('getMachine', { path: { id } }, options);
}

/** What is to be seen of it by the way. A look that hangs must not use up the time of what comes after it. */
export async function lookAtMachine(
  fly: FlyTransport,
  id: string,
  deadline: Deadline,
): Promise<FlyMachine | undefined> {
  return await deadline.unlessItFails(getMachine(fly, id, deadline.within(lookTimeoutMs)));
}

/** Never proof of absence: Fly has returned empty lists for apps that had machines. */
export async function listMachines(
  fly: FlyTransport,
  filter: FlyMachineFilter = {},
  options?: FlyCallOptions,
): Promise<FlyMachine[]> {
  const machines = await fly.send('listMachines', { path: {}, query: queryOf(filter) }, options);
  // The metadata filter is in the docs but not in the published specification, so it may be ignored.
  return machines.filter((machine) => hasMetadata(machine, filter.metadata ?? {}));
}

/**
 * Replaces the whole config. Not repeated when it may have been carried out: each update is a restart.
 * @throws FlyError with advice `retry` when another update came first: read the machine and make the config anew
 */
export async function updateMachine(
  fly: FlyTransport,
  id: string,
  body: FlyUpdateMachine,
  options?: FlyCallOptions,
): Promise<FlyMachine> {
  return await fly.send('updateMachine', { path: { id }, body }, options);
}

/** What shows that a machine of this name is the one that was asked for. */
function proofOf(order: FlyNewMachine): Proof {
  const mark = order.config.metadata?.[machineMark];
  if (mark !== undefined) return { kind: 'mark', mark };
  return { kind: order.name === undefined ? 'own_name' : 'none' };
}

function conflictOf(failure: unknown): string | null {
  return failure instanceof FlyError ? failure.conflictingMachineId : null;
}

async function machinesLike(
  fly: FlyTransport,
  proof: Proof,
  conflictingId: string | null,
  options: FlyCallOptions,
): Promise<readonly FlyMachine[]> {
  if (conflictingId !== null) return [await getMachine(fly, conflictingId, options)];
  return await listMachines(fly, proof.kind === 'mark' ? { metadata: { [machineMark]: proof.mark } } : {}, options);
}

function queryOf(filter: FlyMachineFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.region !== undefined) query.set('region', filter.region);
  const states = typeof filter.state === 'string' ? [filter.state] : (filter.state ?? []);
  if (states.length > 0) query.set('state', states.join(','));
  if (filter.includeDeleted === true) query.set('include_deleted', 'true');
  if (filter.summary === true) query.set('summary', 'true');
  for (const [key, value] of Object.entries(filter.metadata ?? {})) query.set(`metadata.${key}`, value);
  return query;
}

function hasMetadata(machine: FlyMachine, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => machine.config?.metadata?.[key] === value);
}
