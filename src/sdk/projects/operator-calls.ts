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
import { asking, type Running } from '../running.js';
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

  async delete(id: string, { signal }: CallOptions): Promise<void> {
    const { deleting, keepVolumeSecs, running, actor } = this.#parts;
    const project = parseProjectId(id);
    if (await running.start(() => deleting.delete(project, keepVolumeSecs, actor()), signal)) return;
    const row = await asking(signal, () => this.#parts.projects.find(project));
    if (row?.state !== 'deleted') throw notFound(id);
  }

  async hold(id: string, input: HoldProject, { signal }: CallOptions): Promise<void> {
    const { holds, running, actor } = this.#parts;
    const { for_secs } = parsed(holdProjectSchema, input);
    const project = parseProjectId(id);
    const set = () => (for_secs > 0 ? holds.hold(project, for_secs, actor()) : holds.release(project, actor()));
    if (await running.start(set, signal)) return;
    const row = await asking(signal, () => this.#parts.projects.find(project));
    throw row ? new ValetError('project_deleted', `Project "${id}" was deleted.`) : notFound(id);
  }

  async events(id: string, filter: ListEvents, { signal }: CallOptions): Promise<EventPage> {
    const { cursor, limit } = parsed(listEventsSchema, filter);
    const project = parseProjectId(id);
    const page = { beforeId: numericCursor(cursor), limit: limit + 1 };
    const rows = await asking(signal, () => this.#parts.events.ofProject(project, page));
    // A creation that was rolled back has left its history, though no project.
    const isKnown = rows.length > 0 || (await asking(signal, () => this.#parts.projects.find(project)));
    if (!isKnown) throw notFound(id);
    const events = rows.slice(0, limit).map(shownEvent);
    return { events, next_cursor: rows.length > limit ? String(events.at(-1)?.id) : null };
  }

  async explain(id: string, { signal }: CallOptions): Promise<Explanation> {
    const project = parseProjectId(id);
    const facts = await asking(signal, () => this.#parts.explaining.facts(project));
    if (facts) return explain(facts, this.#parts.thresholdSecs);
    throw notFound(id);
  }
}

export function notFound(id: string): ValetError {
  return new ValetError('project_not_found', `There is no project "${id}".`);
}
