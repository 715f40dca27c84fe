import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import type { ProjectName } from './actions.js';
import type { Promises } from './promises.js';
import { visit } from './user.js';
import type { World } from './world.js';

/** What was begun must end within it (30 s), once nothing disturbs it any more and upkeep is there. */
const maxEndings = 300;
const pauseMs = 100;
const roundsPerUpkeep = 5;
/** Past what a wake that failed is left alone for. */
const pastBackOff = '20 minutes';
const maxVisits = 5;

/** What is wrong once all has come to rest. */
export async function findings(world: World, promises: Promises, busyWith: () => readonly string[]): Promise<string[]> {
  const upkeep = await world.start();
  try {
    await untilIdle(world, upkeep, busyWith);
    await settle(world, upkeep);
  } catch (error) {
    return [`G7: ${String(error)}`];
  }
  return [...(await checkInvariants(world)), ...(await broken(world, promises))];
}

/** Those who wait for a row wait for what upkeep makes of it. */
async function untilIdle(world: World, upkeep: Instance, busyWith: () => readonly string[]): Promise<void> {
  for (let round = 1; busyWith().length > 0; round++) {
    if (round > maxEndings) throw new Error(`What was begun does not end: ${busyWith().join('; ')}`);
    await sleep(pauseMs);
    if (busyWith().length > 0 && round % roundsPerUpkeep === 0) await settle(world, upkeep);
  }
}

/** Every project that anybody was told of is there for its next request, with all that it has acknowledged. */
async function broken(world: World, promises: Promises): Promise<string[]> {
  await world.database.travel(pastBackOff);
  const outcomes = await Promise.all([...promises.created].map((project) => brokenOne(world, promises, project)));
  return outcomes.flat();
}

async function brokenOne(world: World, promises: Promises, project: ProjectName): Promise<string[]> {
  let why = '';
  for (let attempt = 0; attempt < maxVisits; attempt++) {
    const outcome = await visit(world, promises, world.front('left'), project, false);
    if (outcome.kind === 'answered')
      return outcome.lost.length > 0 ? [`G1: project ${project} has lost ${outcome.lost.join(', ')}`] : [];
    why = outcome.why;
    if (why === 'project_not_found' && promises.maybeDeleted.has(project)) return [];
    await sleep(pauseMs);
  }
  return [`G5: project ${project} does not answer: ${why}`];
}
