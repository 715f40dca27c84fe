import type { Actor } from '../actor.js';
import type { DeletingTable } from '../database/deleting.js';
import type { EventTable } from '../database/events.js';
import type { ExplainingTable } from '../database/explaining.js';
import type { HoldTable } from '../database/holds.js';
import type { ProjectTable } from '../database/projects.js';
import { ValetError } from '../errors.js';
import { numericCursor } from '../page-cursor.js';
import { parsed } from '../parsed.js';
import {
  type EventPage,
  type Explanation,
  type HoldProject,
  holdProjectSchema,
  type ListEvents,
  listEventsSchema,
  type RestoreProject,
  restoreProjectSchema,
} from '../resources.js';
import type { Running } from '../running.js';
import type { CallOptions } from '../valet.js';
import { explain } from './explain.js';
import { parseProjectId } from './project-id.js';
import type { RestoreJourney } from './restore.js';
import { shownEvent } from './shown.js';

export interface OperatorCallParts {
  readonly projects: Pick<ProjectTable, 'find'>;
  readonly holds: HoldTable;
  readonly deleting: DeletingTable;
  readonly events: EventTable;
  readonly explaining: ExplainingTable;
  readonly restore: RestoreJourney;
  readonly running: Running;
  readonly thresholdSecs: number;
  readonly keepVolumeSecs: number;
  readonly actor: Actor;
}

/** What an operator does to one project, and asks about it. The project as it then is, is shown by who asks this. */
export class OperatorCalls {
  readonly #parts: OperatorCallParts;

  constructor(parts: OperatorCallParts) {
    this.#parts = parts;
  }

  async restore(id: string, input: RestoreProject, options: CallOptions): Promise<void> {
    const { restore, running } = this.#parts;
    const { archive_id } = parsed(restoreProjectSchema, input);
    const project = parseProjectId(id);
    await running.start((signal) => restore.restore(project, archive_id, signal), options.signal);
  }

  async delete(id: string): Promise<void> {
    const { deleting, keepVolumeSecs, actor } = this.#parts;
    const project = parseProjectId(id);
    if (await deleting.delete(project, keepVolumeSecs, actor())) return;
    const row = await this.#parts.projects.find(project);
    if (row?.state !== 'deleted') throw notFound(id);
  }

  async hold(id: string, input: HoldProject): Promise<void> {
    const { holds, actor } = this.#parts;
    const { for_secs } = parsed(holdProjectSchema, input);
    const project = parseProjectId(id);
    if (await (for_secs > 0 ? holds.hold(project, for_secs, actor()) : holds.release(project, actor()))) return;
    const row = await this.#parts.projects.find(project);
    throw row ? new ValetError('project_deleted', `Project "${id}" was deleted.`) : notFound(id);
  }

  async events(id: string, filter: ListEvents): Promise<EventPage> {
    const { cursor, limit } = parsed(listEventsSchema, filter);
    const project = parseProjectId(id);
    const rows = await this.#parts.events.ofProject(project, { beforeId: numericCursor(cursor), limit: limit + 1 });
    // A creation that was rolled back has left its history, though no project.
    if (rows.length === 0 && !(await this.#parts.projects.find(project))) throw notFound(id);
    const events = rows.slice(0, limit).map(shownEvent);
    return { events, next_cursor: rows.length > limit ? String(events.at(-1)?.id) : null };
  }

  async explain(id: string): Promise<Explanation> {
    const facts = await this.#parts.explaining.facts(parseProjectId(id));
    if (facts) return explain(facts, this.#parts.thresholdSecs);
    throw notFound(id);
  }
}

export function notFound(id: string): ValetError {
  return new ValetError('project_not_found', `There is no project "${id}".`);
}
