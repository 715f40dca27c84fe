import { readAnswer } from './answer.js';
import { FlyError } from './errors.js';
import { flyMachineSchema, flyMachinesSchema } from './schemas.js';
import { type FlyCallOptions, type FlyTransport, ignoreGone } from './transport.js';
import type { FlyMachine, FlyMachineConfig } from './wire.js';

export interface FlyMachineFilter {
  readonly region?: string;
  /** One state or several. */
  readonly state?: string | readonly string[];
  /** Every pair must be there. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The whole config: an update replaces, it never merges. It restarts a running machine. */
export interface FlyUpdateMachine {
  readonly config: FlyMachineConfig;
  readonly skip_launch?: boolean;
  /** Compare-and-set on the machine's `instance_id`. */
  readonly current_version?: string;
}

const pathOf = (id: string, action = '') => `/machines/${encodeURIComponent(id)}${action}`;

export async function getMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<FlyMachine> {
  const request = { call: 'getMachine', target: id, method: 'GET', path: pathOf(id), repeatable: true } as const;
  return readAnswer(flyMachineSchema, await fly.send(request, options), request);
}

/** Never proof of absence: Fly has returned empty lists for apps that had machines. */
export async function listMachines(
  fly: FlyTransport,
  filter: FlyMachineFilter = {},
  options?: FlyCallOptions,
): Promise<FlyMachine[]> {
  const request = {
    call: 'listMachines',
    target: fly.app,
    method: 'GET',
    path: '/machines',
    query: queryOf(filter),
    repeatable: true,
  } as const;
  const machines = readAnswer(flyMachinesSchema, await fly.send(request, options), request);
  // The metadata filter is in the docs but not in the published specification, so it may be ignored.
  return machines.filter((machine) => hasMetadata(machine, filter.metadata ?? {}));
}

/** Success if it is started already. @returns after Fly accepted it; wait for `started` */
export async function startMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  try {
    await act(fly, 'startMachine', id, '/start', options);
  } catch (error) {
    // What Fly answers for a machine that runs is not documented: 200, or 412 like any state that forbids a start.
    if (!(error instanceof FlyError && error.status === 412)) throw error;
    const { state } = await getMachine(fly, id, options);
    if (state !== 'started' && state !== 'starting') throw error;
  }
}

export async function stopMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  await act(fly, 'stopMachine', id, '/stop', options);
}

/** @returns after Fly accepted it; wait for `suspended` */
export async function suspendMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  await act(fly, 'suspendMachine', id, '/suspend', options);
}

/** Kills it if it runs. Success if it is gone already. Its volume stays, and stays bound for minutes. */
export async function deleteMachine(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  const query = new URLSearchParams({ force: 'true' });
  const request = { call: 'deleteMachine', target: id, method: 'DELETE', path: pathOf(id), query } as const;
  await ignoreGone(fly.send({ ...request, repeatable: true }, options));
}

/** Not repeated when it may have been carried out: each update is a restart. */
export async function updateMachine(
  fly: FlyTransport,
  id: string,
  body: FlyUpdateMachine,
  options?: FlyCallOptions,
): Promise<FlyMachine> {
  const request = { call: 'updateMachine', target: id, method: 'POST', path: pathOf(id), body } as const;
  return readAnswer(flyMachineSchema, await fly.send({ ...request, repeatable: false }, options), request);
}

async function act(
  fly: FlyTransport,
  call: 'startMachine' | 'stopMachine' | 'suspendMachine',
  id: string,
  action: string,
  options?: FlyCallOptions,
): Promise<void> {
  await fly.send({ call, target: id, method: 'POST', path: pathOf(id, action), repeatable: true }, options);
}

function queryOf(filter: FlyMachineFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.region !== undefined) query.set('region', filter.region);
  const states = typeof filter.state === 'string' ? [filter.state] : (filter.state ?? []);
  if (states.length > 0) query.set('state', states.join(','));
  for (const [key, value] of Object.entries(filter.metadata ?? {})) query.set(`metadata.${key}`, value);
  return query;
}

export function hasMetadata(machine: FlyMachine, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => machine.config?.metadata?.[key] === value);
}
