import type { Actor } from '../actor.js';
import type { Listings } from '../database/listings.js';
import type { ProjectRow, ProjectTable } from '../database/projects.js';
import type { RestoringTable } from '../database/restoring.js';
import { ValetError } from '../errors.js';
import { nextState } from '../lifecycle/transitions.js';
import { idCursor } from '../page-cursor.js';
import { allEvents, allProjects } from '../pages.js';
import { parsed } from '../parsed.js';
import {
  type CreatedProject,
  type CreateProject,
  createProjectSchema,
  type EventPage,
  type Explanation,
  type HoldProject,
  type ListEvents,
  type ListProjects,
  listProjectsSchema,
  type Project,
  type ProjectEvent,
  type ProjectPage,
  type RestoreProject,
} from '../resources.js';
import type { Waker } from '../routing/ports.js';
import { asking, type Running } from '../running.js';
import type { AllOptions, AllProjects, CallOptions, CreateOptions, ProjectCalls } from '../valet.js';
import type { ArchiveJourney } from './archive.js';
import type { CreateJourney } from './create.js';
import type { KnownRegions } from './known-regions.js';
import { notFound, type OperatorCalls } from './operator-calls.js';
import { type ProjectId, parseProjectId } from './project-id.js';
import type { Sealer } from './sealing.js';
import { shownProject } from './shown.js';
import type { UndoJourney } from './undo.js';
import type { ProjectUrls } from './url.js';

export interface ProjectCallParts {
  readonly listings: Listings;
  readonly projects: Pick<ProjectTable, 'find'>;
  readonly restoring: Pick<RestoringTable, 'endBackOff'>;
  readonly operator: OperatorCalls;
  readonly create: CreateJourney;
  readonly archive: ArchiveJourney;
  readonly undo: Pick<UndoJourney, 'undo'>;
  readonly waker: Waker;
  readonly sealer: Sealer;
  readonly urls: ProjectUrls;
  readonly running: Running;
  readonly defaultRegion: string;
  readonly regions: KnownRegions;
  readonly actor: Actor;
}

/** A caller without a bound of its own waits no longer than a transition can last. */
const maxWakeMs = 15 * 60_000;

/** What people ask of projects, answered directly. */
export class DirectProjects implements ProjectCalls {
  readonly #parts: ProjectCallParts;

  constructor(parts: ProjectCallParts) {
    this.#parts = parts;
  }

  async create(input: CreateProject = {}, options: CreateOptions = {}): Promise<CreatedProject> {
    const { create, sealer, projects, waker, running, defaultRegion, regions } = this.#parts;
    const wish = parsed(createProjectSchema, input);
    const request = {
      id: wish.id === undefined ? undefined : parseProjectId(wish.id),
      region: wish.region ?? defaultRegion,
      idempotencyKey: options.idempotencyKey,
    };
    await asking(options.signal, () => regions.demand(request.region));
    const id = await running.start(async (signal) => {
      const made = await create.create(request, signal);
      // A repeated request may find the first one still at work; a project that sleeps by now is not woken by it.
      if ((await projects.find(made))?.state === 'creating') {
        await waker.awake(made, { signal, timeoutMs: maxWakeMs });
      }
      return made;
    }, options.signal);
    const row = await asking(options.signal, () => projects.find(id));
    if (!row) throw notFound(id);
    // The same key may give the first answer again, but not the deploy key of a project that is no more.
    if (row.state === 'deleted') throw deleted(id);
    return { ...(await this.get(id, options)), deploy_key: sealer.open(row.deploy_key_sealed, id) };
  }

  async get(id: string, { signal }: CallOptions = {}): Promise<Project> {
    const project = parseProjectId(id);
    const row = await asking(signal, () => this.#parts.listings.project(project));
    if (row) return shownProject(row, this.#parts.urls);
    throw notFound(id);
  }

  async list(filter: ListProjects = {}, { signal }: CallOptions = {}): Promise<ProjectPage> {
    const wish = parsed(listProjectsSchema, filter);
    const page = { ...wish, cursor: idCursor(wish.cursor), limit: wish.limit + 1 };
    const rows = await asking(signal, () => this.#parts.listings.projects(page));
    const projects = rows.slice(0, wish.limit).map((row) => shownProject(row, this.#parts.urls));
    return { projects, next_cursor: rows.length > wish.limit ? (projects.at(-1)?.id ?? null) : null };
  }

  all(filter?: AllProjects, options?: AllOptions): AsyncIterable<Project> {
    return allProjects(this, filter, options);
  }

  async wake(id: string, options: CallOptions = {}): Promise<Project> {
    const { running, waker } = this.#parts;
    const project = parseProjectId(id);
    await running.start(() => this.#endBackOff(project), options.signal);
    await waker.awake(project, { ...options, timeoutMs: maxWakeMs });
    return this.get(id, options);
  }

  /** Who asks by hand does not wait for what earlier failures have put off. */
  async #endBackOff(id: ProjectId): Promise<void> {
    const { projects, restoring, actor } = this.#parts;
    const backsOffSecs = (await projects.find(id))?.wake_retry_secs ?? 0;
    if (backsOffSecs > 0) await restoring.endBackOff(id, actor());
  }

  async archive(id: string, options: CallOptions = {}): Promise<Project> {
    const { projects, archive, running, actor } = this.#parts;
    const project = parseProjectId(id);
    const row = await asking(options.signal, () => projects.find(project));
    if (!row) throw notFound(id);
    if (row.state !== 'dormant') {
      demandArchivable(row);
      const cause = { actor: actor(), why: 'an operator asked for it' };
      await running.start((signal) => archive.archive(row, cause, signal), options.signal);
    }
    return this.get(id, options);
  }

  async undo(id: string, options: CallOptions = {}): Promise<Project> {
    const { undo, running } = this.#parts;
    const projectId = parseProjectId(id);
    await running.start((signal) => undo.undo(projectId, signal), options.signal);
    return this.get(id, options);
  }

  async restore(id: string, input: RestoreProject = {}, options: CallOptions = {}): Promise<Project> {
    await this.#parts.operator.restore(id, input, options);
    return this.get(id, options);
  }

  async delete(id: string, options: CallOptions = {}): Promise<Project> {
    await this.#parts.operator.delete(id, options);
    return this.get(id, options);
  }

  async hold(id: string, input: HoldProject, options: CallOptions = {}): Promise<Project> {
    await this.#parts.operator.hold(id, input, options);
    return this.get(id, options);
  }

  events(id: string, filter: ListEvents = {}, options: CallOptions = {}): Promise<EventPage> {
    return this.#parts.operator.events(id, filter, options);
  }

  allEvents(id: string, options?: AllOptions): AsyncIterable<ProjectEvent> {
    return allEvents(this, id, options);
  }

  explain(id: string, options: CallOptions = {}): Promise<Explanation> {
    return this.#parts.operator.explain(id, options);
  }
}

/** What is passing may be archivable in a moment: then trying again makes sense. */
function demandArchivable(row: ProjectRow): void {
  if (row.state === 'deleted') throw deleted(row.id);
  if (row.state === 'lost') nextState(row.state, 'begin_archive');
  if (!row.held || !row.hold_until) return;
  throw new ValetError('state_changed', `Project "${row.id}" is held until ${row.hold_until.toISOString()}.`, {
    hint: `End the hold first: "valet projects hold ${row.id} --release".`,
  });
}

function deleted(id: string): ValetError {
  return new ValetError('project_deleted', `Project "${id}" was deleted.`);
}
