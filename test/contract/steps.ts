import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Reply } from '../support/contract/caller.js';
import type { Stage } from '../support/contract/stage.js';
import { leaseData } from '../support/published/lease.js';
import { machine as machineShape } from '../support/published/machine.js';
import { volume as volumeShape } from '../support/published/volume.js';

/** What scenarios do over and over. */
export type SeenMachine = z.infer<typeof machineShape>;
export type SeenVolume = z.infer<typeof volumeShape>;
export type SeenLease = z.infer<typeof leaseData>;

/** The loosest reading: the strict one is the recorder's. */
const machineIn = z.looseObject(machineShape.shape);
const machinesIn = z.array(z.looseObject({ id: z.string(), name: z.string(), state: z.string() }));
const volumeIn = z.looseObject(volumeShape.shape);
const leaseIn = z.looseObject({ data: z.looseObject(leaseData.shape) });
const errorIn = z.looseObject({ error: z.string(), status: z.string().optional() });

const maxWaitSecs = 60;

/** A create's body: small, and with nothing running longer than it must. */
export function machineOrder(stage: Stage, config: object = {}, fields: object = {}): Record<string, unknown> {
  return {
    region: stage.region,
    ...fields,
    config: {
      image: stage.image,
      guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
      restart: { policy: 'no' },
      ...config,
    },
  };
}

/** Creates a machine and expects success. */
export async function create(
  stage: Stage,
  label: string,
  config: object = {},
  fields: object = {},
): Promise<SeenMachine> {
  const body = machineOrder(stage, config, { name: stage.name(label), ...fields });
  return machineOf(await stage.call('POST', '/machines', body));
}

/** Creates a machine and waits until it is started. */
export async function startMachine(
  stage: Stage,
  label: string,
  config: object = {},
  fields: object = {},
): Promise<SeenMachine> {
  const made = await create(stage, label, config, fields);
  await reach(stage, made.id, 'started');
  return made;
}

/** A machine that was created and not launched: the cheapest one. */
export async function restingMachine(
  stage: Stage,
  label: string,
  config: object = {},
  fields: object = {},
): Promise<SeenMachine> {
  const made = await create(stage, label, config, { skip_launch: true, ...fields });
  await settle(stage, made.id);
  return made;
}

export async function getMachine(stage: Stage, id: string): Promise<SeenMachine> {
  return machineOf(await stage.call('GET', `/machines/${id}`));
}

export async function listedIds(stage: Stage, query = ''): Promise<readonly string[]> {
  const reply = await stage.call('GET', `/machines${query}`);
  expect(reply.status, shown(reply)).toBe(200);
  return machinesIn.parse(reply.body).map(({ id }) => id);
}

/** Tells a machine something and expects it to be accepted. */
export async function tell(stage: Stage, id: string, command: string, body?: unknown, headers = {}): Promise<void> {
  expectOk(await stage.call('POST', `/machines/${id}/${command}`, body, headers));
}

/** Waits as the API lets one wait, over and over until the stage's patience is at its end. */
export async function reach(stage: Stage, id: string, state: string): Promise<void> {
  const deadline = performance.now() + stage.patienceMs;
  const secs = Math.min(maxWaitSecs, Math.ceil(stage.patienceMs / 1_000));
  for (;;) {
    const reply = await stage.call('GET', `/machines/${id}/wait?state=${state}&timeout=${secs}`);
    if (reply.status === 200) return;
    const comesAgain = reply.status === 408 || (reply.status === 404 && state !== 'destroyed');
    if (!comesAgain || performance.now() > deadline) expect.fail(`${id} did not reach ${state}: ${shown(reply)}`);
  }
}

/** Any resting state, for machines that are not launched. */
async function settle(stage: Stage, id: string): Promise<void> {
  await reach(stage, id, 'settled');
}

export async function destroy(stage: Stage, id: string): Promise<void> {
  expectOk(await stage.call('DELETE', `/machines/${id}?force=true`));
  await reach(stage, id, 'destroyed');
}

export async function createVolume(stage: Stage, label: string, fields: object = {}): Promise<SeenVolume> {
  const body = { name: stage.volumeName(label), region: stage.region, size_gb: 1, ...fields };
  const reply = await stage.call('POST', '/volumes', body);
  expect(reply.status, shown(reply)).toBeLessThan(300);
  return volumeIn.parse(reply.body);
}

export async function getVolume(stage: Stage, id: string): Promise<SeenVolume> {
  const reply = await stage.call('GET', `/volumes/${id}`);
  expect(reply.status, shown(reply)).toBe(200);
  return volumeIn.parse(reply.body);
}

/** Takes the lease of a machine. */
export async function lease(stage: Stage, id: string, request?: object, headers = {}): Promise<SeenLease> {
  const reply = await stage.call('POST', `/machines/${id}/lease`, request, headers);
  expect(reply.status, shown(reply)).toBe(201);
  return leaseIn.parse(reply.body).data;
}

export const holding = (nonce: string) => ({ 'fly-machine-lease-nonce': nonce });

export function machineOf(reply: Reply): SeenMachine {
  expect(reply.status, shown(reply)).toBe(200);
  return machineIn.parse(reply.body);
}

export function expectOk(reply: Reply): void {
  expect(reply.status, shown(reply)).toBeLessThan(300);
}

/** Expects a refusal with this status, or one of these, and hands over what it says. */
export function refusal(reply: Reply, status: number | readonly number[], text?: RegExp): z.infer<typeof errorIn> {
  expect([status].flat(), shown(reply)).toContain(reply.status);
  const body = errorIn.parse(reply.body);
  if (text !== undefined) expect(body.error).toMatch(text);
  return body;
}

export function shown(reply: Reply): string {
  return `${reply.status} ${JSON.stringify(reply.body)}`;
}

/** Asks until the answer is as hoped, within the stage's patience. */
export async function until<T>(stage: Stage, ask: () => Promise<T>, hoped: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + stage.patienceMs;
  for (;;) {
    const answer = await ask();
    if (hoped(answer)) return answer;
    if (performance.now() > deadline) expect.fail(`In vain: ${JSON.stringify(answer)}`);
    await delay(stage.pollMs);
  }
}
