import type { PoolRetirement } from '../pool/plan-retirements.js';
import type { Queryable } from './database.js';

export interface MembersToRetire {
  readonly environment: string;
  /** Null: in all regions. */
  readonly region: string | null;
  readonly configHash: string;
  readonly cause: PoolRetirement['cause'];
  readonly limit: number;
}

const reasons: Readonly<Record<PoolRetirement['cause'], string>> = {
  outdated: 'made for another configuration than the current one',
  surplus: 'more than the pool is to hold',
  drained: 'the pool is drained',
};

/**
 * Ready members on their way back to Fly, the oldest first; their ids. One that is being claimed at this moment is
 * passed over, and one that was chosen here can no longer be claimed: of the two only one finds it ready (G3).
 */
export async function retireMembers(db: Queryable, which: MembersToRetire, actor: string): Promise<string[]> {
  const { environment, region, configHash, cause, limit } = which;
  const rows = await db.query<{ machine_id: string }>(
    `with chosen as (
       select id from machines
        where environment = $1 and state = 'ready' and ($2::text is null or region = $2)
          and case $4 when 'outdated' then config_hash <> $3 when 'surplus' then config_hash = $3 else true end
        order by ready_at
        limit $5
        for update skip locked
     ), m as (
       update machines
          set state = 'retiring', retiring_at = valet_now(), next_attempt_at = valet_now(), retire_cause = $4, last_error = $6
         from chosen where machines.id = chosen.id and machines.state = 'ready'
       returning machines.id
     )
     insert into events (what, machine_id, actor, why) select 'machine_given_up', id, $7, $6 from m
     returning machine_id`,
    [environment, region, configHash, cause, limit, reasons[cause], actor],
  );
  return rows.map((row) => row.machine_id);
}
