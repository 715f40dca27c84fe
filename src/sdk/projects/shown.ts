import type { EventRow } from '../database/events.js';
import type { ArchiveRow, ListedProject } from '../database/listings.js';
import type { Archive, Project, ProjectEvent } from '../resources.js';
import type { ProjectUrls } from './url.js';

/** A project as people see it. */
export function shownProject(row: ListedProject, urls: ProjectUrls): Project {
  return {
    id: row.id,
    state: row.state === 'active' && row.fly_state === 'suspended' ? 'suspended' : row.state,
    epoch: row.epoch,
    region: row.region,
    url: urls.of(row.id),
    machine_id: row.fly_id,
    last_active_at: row.last_active_at.toISOString(),
    hold_until: row.held && row.hold_until ? row.hold_until.toISOString() : null,
    created_at: row.created_at.toISOString(),
    archive: row.archive && shownArchive(row.archive),
  };
}

export function shownArchive(row: ArchiveRow): Archive {
  return {
    id: row.id,
    project_id: row.project_id,
    r2_key: row.r2_key,
    r2_checksum: row.r2_checksum,
    size_bytes: row.size_bytes,
    // The row came as JSON inside another row, so its times are text already, in PostgreSQL's form.
    created_at: new Date(row.created_at).toISOString(),
    proven_at: row.proven_at && new Date(row.proven_at).toISOString(),
  };
}

export function shownEvent(row: EventRow): ProjectEvent {
  return { ...row, at: row.at.toISOString() };
}
