import { expect } from 'vitest';
import { z } from 'zod';
import type { Reply } from '../../support/contract/caller.js';
import type { Stage } from '../../support/contract/stage.js';
import { machine as machineShape } from '../../support/published/machine.js';
import { expectOk, shown } from './replies.js';

export type SeenMachine = z.infer<typeof machineShape>;

/** The loosest reading: the strict one is the recorder's. */
const machineIn = z.looseObject(machineShape.shape);
const machinesIn = z.array(z.looseObject({ id: z.string(), name: z.string(), state: z.string() }));

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
  await reach(stage, made.id, 'settled');
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
  let version = '';
  for (;;) {
    const reply = await stage.call('GET', `/machines/${id}/wait?state=${state}&timeout=${secs}${version}`);
    // Whoever comes late finds nothing any more, or not yet.
    if (reply.status === 200 || (reply.status === 404 && state === 'destroyed')) return;
    // Older servers want to be told which version is to be stopped.
    const wantsVersion = reply.status === 400 && state === 'stopped' && version === '';
    if (wantsVersion) version = `&version=${(await getMachine(stage, id)).instance_id}`;
    const comesAgain = wantsVersion || reply.status === 408 || reply.status === 404;
    if (!comesAgain || performance.now() > deadline) expect.fail(`${id} did not reach ${state}: ${shown(reply)}`);
  }
}

export async function destroy(stage: Stage, id: string): Promise<void> {
  expectOk(await stage.call('DELETE', `/machines/${id}?force=true`));
  await reach(stage, id, 'destroyed');
}

export function machineOf(reply: Reply): SeenMachine {
  expect(reply.status, shown(reply)).toBe(200);
  return machineIn.parse(reply.body);
}
