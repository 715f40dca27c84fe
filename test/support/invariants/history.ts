import type { Seen, SeenEvent } from './seen.js';

/** G1 and G3, and that a hold holds: what has happened to the machines, as the events tell it. */
export function history(seen: Seen): string[] {
  return [...machinesReused(seen), ...givenUpUnproven(seen), ...archivedWhileHeld(seen)];
}

function machinesReused({ events }: Seen): string[] {
  const served = Map.groupBy(
    events.filter(({ what, machine_id }) => machine_id !== null && (what === 'claimed' || what === 'activated')),
    ({ machine_id }) => machine_id,
  );
  return [...served]
    .filter(([, its]) => new Set(its.map(({ project_id }) => project_id)).size > 1)
    .map(([id]) => `G3: machine ${id} has served more than one project`);
}

/** What says that an operator, or a proof, has released what a machine holds, or that it holds nothing any more. */
const releases: readonly string[] = ['archived', 'deleted', 'volume_moved', 'lost'];

/**
 * A machine that ever served a project is given up, by its row or at Fly, only after an archive of that very machine was
 * proven, or its volume has gone on to another. One that never became active holds nothing but a copy.
 */
function givenUpUnproven({ machines, events, listedMachines }: Seen): string[] {
  return machines
    .filter((row) => !row.volume_moved)
    .filter((row) => row.state === 'retiring' || row.state === 'retired' || !isListed(row.fly_id, listedMachines))
    .filter((row) => holdsData(events.filter(({ machine_id }) => machine_id === row.id)))
    .map((row) => `G1: machine ${row.name} of ${row.project_id} was given up without a proven archive`);
}

function isListed(flyId: string | null, listed: Seen['listedMachines']): boolean {
  return listed.some(({ id }) => id === flyId);
}

function holdsData(itsEvents: readonly SeenEvent[]): boolean {
  const served = itsEvents.findLastIndex(({ what }) => what === 'activated');
  return served >= 0 && !itsEvents.slice(served).some(({ what }) => releases.includes(what));
}

/** By the hold that was asked for last before. */
function archivedWhileHeld({ events }: Seen): string[] {
  return events
    .filter(({ what }) => what === 'archived')
    .filter(({ id, project_id, at }) => {
      const hold = events.findLast(
        (each) =>
          each.id < id && each.project_id === project_id && (each.what === 'held' || each.what === 'hold_ended'),
      );
      return hold?.what === 'held' && new Date(hold.why?.replace('until ', '') ?? '') > at;
    })
    .map(({ project_id, at }) => `Project ${project_id} was archived at ${at.toISOString()}, while it was held`);
}
