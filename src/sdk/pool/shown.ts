import type { MachineRow } from '../database/machines.js';
import type { BreakerRow } from '../database/pool-breakers.js';
import type { Machine, PoolBreaker } from '../resources.js';

/** A machine as people see it. */
export function shownMachine(row: MachineRow): Machine {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    region: row.region,
    project_id: row.project_id,
    fly_id: row.fly_id,
    volume_id: row.volume_id,
    fly_state: row.fly_state,
    fly_state_at: row.fly_state_at?.toISOString() ?? null,
    last_error: row.last_error,
    created_at: row.created_at.toISOString(),
  };
}

export function shownBreaker({ opened_at, retry_at, ...row }: BreakerRow): PoolBreaker {
  return { ...row, opened_at: opened_at?.toISOString() ?? null, retry_at: retry_at?.toISOString() ?? null };
}
