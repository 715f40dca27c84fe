import { existsSync, readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import type { FlyEmulator } from '../../src/local/fly/emulator.js';
import { callFly, type FlyAddress, type FlyReply } from './fly-emulator.js';

const machineSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  region: z.string(),
  instance_id: z.string(),
  private_ip: z.string(),
  /** Absent while nobody reaches the machine's host. */
  config: z
    .looseObject({
      metadata: z.record(z.string(), z.string()).optional(),
      mounts: z.array(z.object({ volume: z.string(), path: z.string() })).optional(),
    })
    .optional(),
  events: z.array(
    z.object({
      type: z.string(),
      status: z.string(),
      source: z.string(),
      timestamp: z.number(),
      request: z.unknown().optional(),
    }),
  ),
});
const volumeSchema = z.object({
  id: z.string(),
  state: z.string(),
  /** The host under it. */
  zone: z.string(),
  attached_machine_id: z.string().nullable(),
});

export type SeenMachine = z.infer<typeof machineSchema>;
export type SeenVolume = z.infer<typeof volumeSchema>;

export const service = { protocol: 'tcp', internal_port: 3000, ports: [{ port: 80, handlers: ['http'] }] };

/** What a create sends at least, with some of the config replaced. */
export function machineRequest(config: object = {}, fields: object = {}): object {
  return { region: 'sjc', ...fields, config: { image: 'registry.fly.io/app:1', services: [service], ...config } };
}

/** Creates a machine, which is then still `created`. */
export async function createdMachine(fly: FlyAddress, config: object = {}, fields: object = {}): Promise<SeenMachine> {
  const reply = await callFly(fly, 'POST', '/machines', machineRequest(config, fields));
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return machineSchema.parse(reply.body);
}

/** Creates a machine and waits until it is started. */
export async function startedMachine(fly: FlyAddress, config: object = {}, fields: object = {}): Promise<SeenMachine> {
  const machine = await createdMachine(fly, config, fields);
  await reach(fly, machine.id, 'started');
  return machine;
}

export async function getMachine(fly: FlyAddress, id: string): Promise<SeenMachine> {
  return machineSchema.parse((await callFly(fly, 'GET', `/machines/${id}`)).body);
}

export async function listMachines(fly: FlyAddress, query = ''): Promise<readonly string[]> {
  const reply = await callFly(fly, 'GET', `/machines${query}`);
  return z
    .array(z.object({ id: z.string() }))
    .parse(reply.body)
    .map(({ id }) => id);
}

export async function newVolume(fly: FlyAddress, fields: object = {}): Promise<SeenVolume> {
  return volumeSchema.parse((await callFly(fly, 'POST', '/volumes', { name: 'data', region: 'sjc', ...fields })).body);
}

export async function getVolume(fly: FlyAddress, id: string): Promise<SeenVolume> {
  return volumeSchema.parse((await callFly(fly, 'GET', `/volumes/${id}`)).body);
}

/** Tells the machine something and expects it to be accepted. */
export async function tell(fly: FlyAddress, id: string, command: 'start' | 'stop' | 'suspend'): Promise<void> {
  const reply = await callFly(fly, 'POST', `/machines/${id}/${command}`);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
}

export async function reach(fly: FlyAddress, id: string, state: string): Promise<void> {
  const reply = await callFly(fly, 'GET', `/machines/${id}/wait?state=${state}&timeout=10`);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
}

/** Asks to wait for a second in which nothing happens, and lets it pass on the emulator's clock. */
export async function waitInVain(fly: FlyEmulator, id: string, query: string): Promise<FlyReply> {
  let answered = false;
  const asked = callFly(fly, 'GET', `/machines/${id}/wait?timeout=1&${query}`).finally(() => {
    answered = true;
  });
  await vi.waitFor(
    async () => {
      await fly.clock.advance(1000);
      expect(answered).toBe(true);
    },
    { timeout: 10_000, interval: 5 },
  );
  return asked;
}

export async function destroyed(fly: FlyAddress, id: string): Promise<void> {
  expect((await callFly(fly, 'DELETE', `/machines/${id}?force=true`)).status).toBe(200);
  await reach(fly, id, 'destroyed');
}

const execSchema = z.object({
  exit_code: z.number(),
  exit_signal: z.number(),
  stdout: z.string(),
  stderr: z.string(),
});

/** Runs a command in the machine. */
export async function exec(
  fly: FlyEmulator,
  id: string,
  command: readonly string[],
  fields: object = {},
): Promise<z.infer<typeof execSchema>> {
  const reply = await callFly(fly, 'POST', `/machines/${id}/exec`, { command, ...fields });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return execSchema.parse(reply.body);
}

/** Asks the machine's own program, which may still be booting. */
export async function askProgram(fly: FlyEmulator, id: string, path: string): Promise<Record<string, unknown>> {
  return vi.waitFor(
    async () => {
      const address = fly.machines.find(fly.app, id)?.address;
      const response = await fetch(`http://${address?.host}:${address?.port}${path}`, {
        signal: AbortSignal.timeout(5000),
      });
      return z.record(z.string(), z.unknown()).parse(await response.json());
    },
    { timeout: 10_000, interval: 20 },
  );
}

/** The process of the machine's program. */
export async function programPid(fly: FlyEmulator, id: string, path: '/pid' | '/child' = '/pid'): Promise<number> {
  return z.number().parse((await askProgram(fly, id, path)).pid);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** Ended, and not yet cleared away by whoever is its parent by then. Unknown where there is no `/proc`. */
function isZombie(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && /\) Z /.test(readFileSync(file, 'utf8'));
}

/** Ended processes may take a moment to go. */
export async function expectGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000, interval: 20 });
}
