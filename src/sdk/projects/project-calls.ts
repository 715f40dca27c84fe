import type { Listings } from '../database/listings.js';
import type { ProjectTable } from '../database/projects.js';
import { ValetError } from '../errors.js';
import { notBuilt } from '../not-built.js';
import { parsed } from '../parsed.js';
import {
  type CreatedProject,
  type CreateProject,
  createProjectSchema,
  type ListProjects,
  listProjectsSchema,
  type Project,
  type ProjectPage,
} from '../resources.js';
import type { Waker } from '../routing/ports.js';
import type { Running } from '../running.js';
import type { CallOptions, CreateOptions, ProjectCalls } from '../valet.js';
import type { ArchiveJourney } from './archive.js';
import type { CreateJourney } from './create.js';
import { parseProjectId } from './project-id.js';
import type { Sealer } from './sealing.js';
import { shownProject } from './shown.js';
import type { UndoJourney } from './undo.js';
import type { ProjectUrls } from './url.js';

export interface ProjectCallParts {
  readonly listings: Listings;
  readonly projects: Pick<ProjectTable, 'find'>;
  readonly create: CreateJourney;
  readonly archive: ArchiveJourney;
  readonly undo: Pick<UndoJourney, 'undo'>;
  readonly waker: Waker;
  readonly sealer: Sealer;
  readonly urls: ProjectUrls;
  readonly running: Running;
  readonly defaultRegion: string;
  readonly actor: string;
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
    const { create, sealer, projects, waker, running, defaultRegion } = this.#parts;
    const wish = parsed(createProjectSchema, input);
    const request = {
      id: wish.id === undefined ? undefined : parseProjectId(wish.id),
      region: wish.region ?? defaultRegion,
      idempotencyKey: options.idempotencyKey,
    };
    const id = await running.start(async (signal) => {
      const made = await create.create(request, signal);
      // A repeated request may find the first one still at work; a project that sleeps by now is not woken by it.
      if ((await projects.find(made))?.state === 'creating') {
        await waker.awake(made, { signal, timeoutMs: maxWakeMs });
      }
      return made;
    }, options.signal);
    const row = await projects.find(id);
    if (!row) throw notFound(id);
    return { ...(await this.get(id)), deploy_key: sealer.open(row.deploy_key_sealed, id) };
  }

  async get(id: string, _options?: CallOptions): Promise<Project> {
    const row = await this.#parts.listings.project(parseProjectId(id));
    if (row) return shownProject(row, this.#parts.urls);
    throw notFound(id);
  }

  async list(filter: ListProjects = {}, _options?: CallOptions): Promise<ProjectPage> {
    const wish = parsed(listProjectsSchema, filter);
    const rows = await this.#parts.listings.projects({ ...wish, limit: wish.limit + 1 });
    const projects = rows.slice(0, wish.limit).map((row) => shownProject(row, this.#parts.urls));
    return { projects, next_cursor: rows.length > wish.limit ? (projects.at(-1)?.id ?? null) : null };
  }

  async wake(id: string, options: CallOptions = {}): Promise<Project> {
    await this.#parts.waker.awake(parseProjectId(id), { ...options, timeoutMs: maxWakeMs });
    return this.get(id);
  }

  async archive(id: string, options: CallOptions = {}): Promise<Project> {
    const { projects, archive, running, actor } = this.#parts;
    const row = await projects.find(parseProjectId(id));
    if (!row) throw notFound(id);
    if (row.state !== 'dormant') await running.start((signal) => archive.archive(row, actor, signal), options.signal);
    return this.get(id);
  }

  async undo(id: string, options: CallOptions = {}): Promise<Project> {
    const { undo, running } = this.#parts;
    const projectId = parseProjectId(id);
    await running.start((signal) => undo.undo(projectId, signal), options.signal);
    return this.get(id);
  }

  readonly restore = notBuilt;
  readonly delete = notBuilt;
  readonly hold = notBuilt;
  readonly events = notBuilt;
  readonly explain = notBuilt;
}

function notFound(id: string): ValetError {
  return new ValetError('project_not_found', `There is no project "${id}".`);
}
