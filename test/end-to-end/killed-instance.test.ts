import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ask, type LocalPlatform, runningPlatform } from '../support/running-platform.js';

const ids = Array.from({ length: 10 }, (_, index) => `sleeper-${index}`);
const bringBackMs = 30_000;

const projects = z.object({ projects: z.array(z.object({ id: z.string(), state: z.string() })) });
const ownMachines = z.object({ machines: z.array(z.object({ id: z.string(), state: z.string() })) });
const atFly = z.array(z.object({ name: z.string(), state: z.string() }));
const leaving: readonly string[] = ['pending_destroy', 'destroying', 'destroyed'];

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await runningPlatform({ WARM_POOL_SIZE: '4' });
});

afterAll(async () => {
  await platform.stop();
});

async function makeDormant(id: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const created = await ask(platform, '/api/projects', { method: 'POST', headers, body: JSON.stringify({ id }) });
  expect(created.status, await created.clone().text()).toBe(201);
  expect((await ask(platform, `/projects/${id}/kv/name`, { method: 'PUT', body: id })).status).toBeLessThan(300);
  // While the use just now is still being written down it is refused.
  const archive = async () => (await ask(platform, `/api/projects/${id}/archive`, { method: 'POST' })).status;
  await expect.poll(archive, { timeout: 20_000 }).toBe(200);
}

/** A request for a project that comes in at that instance. */
async function visit(
  id: string,
  instance: string,
): Promise<{ readonly id: string; readonly status: number; readonly text: string }> {
  const answer = await ask(platform, `/projects/${id}/kv/name`, { headers: { 'fly-force-instance-id': instance } });
  return { id, status: answer.status, text: await answer.text() };
}

async function statesOf(): Promise<string[]> {
  const page = projects.parse(await (await ask(platform, '/api/projects?limit=100')).json());
  return page.projects.map(({ state }) => state);
}

/** The rows that the names at Fly end in, of all that is not on its way out. */
async function rowsAtFly(what: 'machines' | 'volumes'): Promise<string[]> {
  const { url, app, token } = platform.fly;
  const answer = await fetch(`${url}/v1/apps/${app}/${what}`, { headers: { authorization: `Bearer ${token}` } });
  const there = atFly.parse(await answer.json()).filter(({ state }) => !leaving.includes(state));
  return there.map(({ name }) => name.split(/[-_]/).at(-1) ?? name);
}

test('G8: an instance killed amid ten wakes takes only its own requests with it', { timeout: 90_000 }, async () => {
  await Promise.all(ids.map(makeDormant));
  const [victim, other] = platform.instances;
  if (!victim || !other) throw new Error('There are not two instances.');

  const began = performance.now();
  // 20 and 30 requests.
  const at = (instance: string, visitors: number) =>
    Promise.all(ids.flatMap((id) => Array.from({ length: visitors }, () => visit(id, instance))));
  const lost = at(victim.name, 2);
  const kept = at(other.name, 3);
  const begun = async () => (await statesOf()).some((state) => state !== 'dormant');
  await expect.poll(begun, { interval: 5, timeout: 20_000 }).toBe(true);
  await victim.kill();

  for (const answer of await kept) expect(answer).toEqual({ id: answer.id, status: 200, text: answer.id });
  const answered = (await lost).filter(({ status }) => status !== 502);
  for (const answer of answered) expect(answer).toEqual({ id: answer.id, status: 200, text: answer.id });
  await expect
    .poll(statesOf, { timeout: bringBackMs })
    .toEqual(ids.map(() => expect.stringMatching(/^(active|suspended)$/)));
  expect(performance.now() - began).toBeLessThan(bringBackMs);
});

test('G4: and leaks nothing: each machine and volume at Fly is that of a row', { timeout: 60_000 }, async () => {
  const settled = async () => {
    const page = ownMachines.parse(await (await ask(platform, '/api/machines?limit=500')).json());
    const rows = page.machines.filter(({ state }) => state !== 'retired');
    const inUse = rows.filter(({ state }) => state !== 'retiring');
    const there = [...(await rowsAtFly('machines')), ...(await rowsAtFly('volumes'))];
    return {
      states: [...new Set(inUse.map(({ state }) => state))].sort(),
      assigned: inUse.filter(({ state }) => state === 'assigned').length,
      // What the killed one had just asked for may stay as `retiring`: it is looked for by name for five minutes.
      unaccounted: there.filter((row) => !rows.some(({ id }) => id === row)),
      missing: inUse.filter(({ id }) => there.filter((row) => row === id).length !== 2),
    };
  };
  await expect
    .poll(settled, { timeout: 50_000, interval: 200 })
    .toEqual({ states: ['assigned', 'ready'], assigned: ids.length, unaccounted: [], missing: [] });
});
