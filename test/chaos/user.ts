import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import { plainFacts } from '../../src/sdk/routing/decide.js';
import type { ProjectName } from './actions.js';
import type { Expected, Promises } from './promises.js';
import type { Front, World } from './world.js';

const patienceMs = 4_000;
const requestMs = 2_000;

/** What one request came to. */
export type Visit =
  | { readonly kind: 'answered'; readonly lost: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

/** Somebody who uses a project: the router says where it is, Fly's proxy brings the request there. */
export async function visit(
  world: World,
  promises: Promises,
  { router }: Front,
  project: ProjectName,
  write: boolean,
): Promise<Visit> {
  // What is acknowledged while this goes on may or may not be seen by it.
  const expected = await promises.expected(project);
  const id = parseProjectId(project);
  const outcome = router.quick(id, plainFacts) ?? (await router.route(id, plainFacts, AbortSignal.timeout(patienceMs)));
  if (outcome.kind !== 'replay') return refused(outcome.kind === 'refuse' ? outcome.code : 'gone');
  const url = await broughtTo(world, /instance=([^;]+)/.exec(outcome.header)?.[1] ?? '');
  if (url === undefined) {
    // The proxy brings it back; it is not replayed again, but the row is looked at.
    await router.route(id, { returned: true, observer: false }, AbortSignal.timeout(patienceMs));
    return refused('the target does not answer');
  }
  const written = write ? await put(url, promises, project) : 'written';
  if (written !== 'written') return refused(written);
  const keys = await listKeys(url);
  if (keys === undefined) return refused('no list of keys');
  promises.created.add(project);
  return { kind: 'answered', lost: await lostOf(promises, project, expected, keys) };
}

/** Nothing is said of an answer while which an operator has chosen another archive. */
async function lostOf(
  promises: Promises,
  project: ProjectName,
  before: Expected,
  keys: readonly string[],
): Promise<string[]> {
  const after = await promises.expected(project);
  if (before.choices !== after.choices) return [];
  return [...before.keys.intersection(after.keys)].filter((key) => !keys.includes(key));
}

function refused(why: string): Visit {
  return { kind: 'refused', why };
}

/** Fly's proxy starts what it is to bring a request to. */
async function broughtTo({ fly }: World, flyId: string): Promise<string | undefined> {
  const machine = fly.machines.find(fly.app, flyId);
  if (machine === undefined) return undefined;
  if (machine.state !== 'started') await machine.start('proxy').catch(() => undefined);
  const address = machine.address;
  return address && `http://${address.host}:${address.port}`;
}

async function put(url: string, promises: Promises, project: ProjectName): Promise<string> {
  const key = promises.newKey();
  let status: number | undefined;
  const isDone = await promises.writing(project, key, async () => {
    status = (await ask(`${url}/kv/${key}`, { method: 'PUT', body: `value of ${key}` }))?.status;
    return status === 204;
  });
  return isDone ? 'written' : `a write was answered ${status ?? 'not at all'}`;
}

async function listKeys(url: string): Promise<readonly string[] | undefined> {
  const answer = await ask(`${url}/kv?limit=1000`);
  if (answer?.status !== 200) return undefined;
  const { keys } = (await answer.json()) as { readonly keys: readonly string[] };
  return keys;
}

async function ask(url: string, init: RequestInit = {}): Promise<Response | undefined> {
  const headers = { connection: 'close' };
  return fetch(url, { ...init, headers, signal: AbortSignal.timeout(requestMs) }).catch(() => undefined);
}
