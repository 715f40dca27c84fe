import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../src/sdk/errors.js';
import type { Instance } from '../support/instance.js';
import { checkInvariants } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import type { ProjectName } from './actions.js';
import type { Promises } from './promises.js';
import { visit } from './user.js';
import { sides, type World } from './world.js';

/** What was begun must end within it (60 s), once nothing disturbs it any more and upkeep is there. */
const maxEndings = 600;
const pauseMs = 100;
const roundsToUpkeep = 5;
/** Past what a wake that failed is left alone for. */
const pastBackOff = '20 minutes';
const maxVisits = 5;
const maxCallsTold = 8;
const maxEventsTold = 30;

/** What is wrong once all has come to rest. */
export async function findings(world: World, promises: Promises, busyWith: () => readonly string[]): Promise<string[]> {
  const upkeep = await world.start();
  try {
    await untilIdle(world, upkeep, busyWith);
    await settle(world, upkeep);
  } catch (error) {
    return [`G7: ${String(error)}`];
  }
  return [...(await checkInvariants(world)), ...(await broken(world, promises, upkeep))];
}

/**
 * Those who wait for a row wait for what upkeep makes of it. Upkeep lets time pass, and so takes from its owner what is
 * still at work: each time that is left longer to itself.
 */
async function untilIdle(world: World, upkeep: Instance, busyWith: () => readonly string[]): Promise<void> {
  let nextUpkeep = roundsToUpkeep;
  for (let round = 1; busyWith().length > 0; round++) {
    if (round > maxEndings)
      throw new Error(`What was begun does not end: ${busyWith().join('; ')}\n${await lastOf(world)}`);
    await sleep(pauseMs);
    if (busyWith().length === 0 || round < nextUpkeep) continue;
    nextUpkeep = 2 * round;
    await settle(world, upkeep);
  }
}

/** Every project that anybody was told of is there for its next request, with all that it has acknowledged; or deleted. */
async function broken(world: World, promises: Promises, upkeep: Instance): Promise<string[]> {
  await world.database.travel(pastBackOff);
  const outcomes = await Promise.all(
    [...promises.created.union(promises.deleted)].map(async (project) =>
      (await mustBeGone(world, promises, project))
        ? notGone(world, promises, upkeep, project)
        : brokenOne(world, promises, project),
    ),
  );
  return outcomes.flat();
}

/** What each instance did last, and what became of the projects: for whoever looks for the reason. */
async function lastOf(world: World): Promise<string> {
  const calls = sides.map((side) => {
    const { name, calls: its } = world.front(side).instance;
    return `${name}${its.frozen ? ' (frozen)' : ''}: ${its.made.slice(-maxCallsTold).join(', ')}`;
  });
  const events = await world.database.db.query<{ told: string }>(
    `select concat_ws(' ', project_id, epoch, what, why) as told from events
      where project_id is not null order by id desc limit ${maxEventsTold}`,
  );
  return [...calls, ...events.map(({ told }) => told)].join('\n');
}

/** One whose deletion was answered to nobody is either there or deleted. */
async function mustBeGone({ database }: World, promises: Promises, project: ProjectName): Promise<boolean> {
  if (promises.deleted.has(project) || !promises.deletionAsked.has(project)) return promises.deleted.has(project);
  const rows = await database.db.query(`select 1 from projects where id = $1 and state = 'deleted'`, [project]);
  return rows.length > 0;
}

async function notGone(world: World, promises: Promises, upkeep: Instance, project: ProjectName): Promise<string[]> {
  const woken = await upkeep.valet.projects.wake(project).then(() => 'nothing', codeOf);
  const visited = await visit(world, promises, world.front('left'), project, false);
  return [
    ...(woken === 'project_deleted' ? [] : [`Deleted project ${project} answers a wake with ${woken}`]),
    ...(visited.kind === 'refused' && visited.why === 'project_not_found'
      ? []
      : [`Deleted project ${project} answers a request: ${JSON.stringify(visited)}`]),
  ];
}

async function brokenOne(world: World, promises: Promises, project: ProjectName): Promise<string[]> {
  let why = '';
  for (let attempt = 0; attempt < maxVisits; attempt++) {
    const outcome = await visit(world, promises, world.front('left'), project, false);
    if (outcome.kind === 'answered')
      return outcome.lost.length > 0 ? [`G1: project ${project} has lost ${outcome.lost.join(', ')}`] : [];
    why = outcome.why;
    await sleep(pauseMs);
  }
  return [`G5: project ${project} does not answer: ${why}`];
}
