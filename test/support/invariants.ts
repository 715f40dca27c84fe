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

/** What Fly has with our stamp, no living row knows, and nobody has been told of: what the search for orphans is to find. */
export async function strangers(platform: Place): Promise<string[]> {
  const seen = await look(platform);
  const told = await platform.database.db.query<{ fly_id: string; volume_id: string | null }>(
    `select q.fly_id, m.volume_id from quarantine q left join machines m on m.id = q.machine_id
      where q.confirmed_at is not null`,
  );
  const isToBeFound = ({ id, name }: { readonly id: string; readonly name: string }) =>
    ownName.test(name) && !told.some((orphan) => orphan.fly_id === id || orphan.volume_id === id);
  return strangersIn({
    ...seen,
    listedMachines: seen.listedMachines.filter(isToBeFound),
    listedVolumes: seen.listedVolumes.filter(isToBeFound),
  });
}

/** Of a machine and of a volume. */
const ownName = /^(valet-[0-9a-f]{8}-|v[0-9a-f]{8}_)/;
