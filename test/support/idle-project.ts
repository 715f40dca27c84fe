import type { IdleProject } from '../../src/sdk/database/dormancy.js';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';

/** A project that a sweep may find. */
export function idle(id: string, fields: Partial<IdleProject> = {}): IdleProject {
  return {
    id: parseProjectId(id),
    state: 'active',
    epoch: 1,
    region: 'sjc',
    machine_id: 'm1',
    deploy_key_sealed: 'sealed',
    current_archive_id: null,
    last_active_at: new Date(0),
    last_active_token: '1970-01-01 00:00:00+00',
    hold_until: null,
    held: false,
    transition_from: null,
    transition_owner: null,
    wake_requested_at: null,
    wake_failures: 0,
    wake_retry_secs: null,
    transition_secs: null,
    created_at: new Date(0),
    idle_secs: 700_000,
    archive_retry_secs: null,
    ...fields,
  };
}
