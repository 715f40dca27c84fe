import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Belongings } from './belongings.js';
import { type Access, callApi, type Reply } from './caller.js';

export interface SweepOrder {
  readonly access: Access;
  readonly app: string;
  /** All names of a scenario begin with it: what an unclear create made is found by its name. */
  readonly prefix: string;
  readonly belongings: Belongings;
  readonly timeoutMs: number;
}

const listed = z.array(z.looseObject({ id: z.string(), name: z.string(), state: z.string() }));
const gone = ['destroyed', 'destroying', 'pending_destroy', 'scheduling_destroy'];
const pauseMs = { first: 20, longest: 5_000 };

/**
 * Removes all that a scenario created, known or found by name.
 * @throws an Error that names what could not be removed in time
 */
export async function sweep(order: SweepOrder): Promise<void> {
  const { app, belongings } = order;
  const deadline = performance.now() + order.timeoutMs;
  await findByName(order);
  const removals = [
    ...[...belongings.machines].map(([id, machine]) => ({
      path: `/apps/${machine.app}/machines/${id}?force=true`,
      headers: machine.nonce === undefined ? {} : { 'fly-machine-lease-nonce': machine.nonce },
    })),
    // Bound to their machines until a while after those are gone.
    ...[...belongings.volumes].map(([id, volume]) => ({ path: `/apps/${volume.app}/volumes/${id}`, headers: {} })),
    ...[...belongings.apps]
      .filter((name) => name !== app)
      .map((name) => ({ path: `/apps/${name}?force=true`, headers: {} })),
  ];
  const left: string[] = [];
  for (const { path, headers } of removals) {
    const reply = await remove(order.access, path, headers, deadline);
    if (!isRemoved(reply)) left.push(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  }
  if (left.length > 0) throw new Error(`Left behind:\n${left.join('\n')}`);
}

async function findByName({ access, app, prefix, belongings }: SweepOrder): Promise<void> {
  const machines = await callApi(access, 'GET', `/apps/${app}/machines`, undefined, {}, 'polite');
  for (const { id } of own(machines, prefix))
    if (!belongings.machines.has(id)) belongings.machines.set(id, { app, nonce: undefined });
  const volumes = await callApi(access, 'GET', `/apps/${app}/volumes`, undefined, {}, 'polite');
  for (const { id } of own(volumes, prefix.replaceAll('-', '_'))) belongings.volumes.set(id, { app });
}

function own(reply: Reply, prefix: string) {
  const seen = listed.safeParse(reply.body).data ?? [];
  return seen.filter(({ name, state }) => name.startsWith(prefix) && !gone.includes(state));
}

function isRemoved({ status }: Reply): boolean {
  return status < 300 || status === 404;
}

async function remove(access: Access, path: string, headers: Record<string, string>, deadline: number): Promise<Reply> {
  for (let waitMs = pauseMs.first; ; waitMs = Math.min(waitMs * 2, pauseMs.longest)) {
    const reply = await callApi(access, 'DELETE', path, undefined, headers, 'polite');
    if (isRemoved(reply) || performance.now() + waitMs > deadline) return reply;
    await delay(waitMs);
  }
}
