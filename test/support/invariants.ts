import { archivesUnproven } from './invariants/archives.js';
import { history } from './invariants/history.js';
import { leaks, strangersIn } from './invariants/leaks.js';
import { machinesAstray } from './invariants/machines.js';
import { look, type Place } from './invariants/seen.js';
import { states } from './invariants/states.js';

export { listedMachines, listedVolumes, type Place } from './invariants/seen.js';

/**
 * What holds whenever nothing is under way, whatever was broken before. Answers every finding; empty means that all
 * hold. Looks at both sides: what Fly lists and what the database says.
 */
export async function checkInvariants(platform: Place): Promise<string[]> {
  const seen = await look(platform);
  return [
    ...leaks(seen),
    ...states(seen),
    ...history(seen),
    ...(await machinesAstray(platform, seen)),
    ...(await archivesUnproven(platform)),
  ];
}

/** What Fly has and no living row knows. */
export async function strangers(platform: Place): Promise<string[]> {
  return strangersIn(await look(platform));
}
