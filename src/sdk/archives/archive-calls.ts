import pLimit, { type LimitFunction } from 'p-limit';
import type { Actor } from '../actor.js';
import type { ArchiveTable, KnownArchive } from '../database/archives.js';
import type { ProjectTable } from '../database/projects.js';
import { codeOf, ValetError } from '../errors.js';
import { numericCursor } from '../page-cursor.js';
import { allArchives } from '../pages.js';
import { parsed } from '../parsed.js';
import { parseProjectId } from '../projects/project-id.js';
import { shownArchive } from '../projects/shown.js';
import {
  type Archive,
  type ArchivePage,
  type ArchiveProof,
  type ListArchives,
  listArchivesSchema,
  type VerifyArchives,
} from '../resources.js';
import { asking, type Running } from '../running.js';
import type { VerifyStep } from '../steps.js';
import type { AllOptions, ArchiveCalls, ArchiveContent, CallOptions, ProjectCalls } from '../valet.js';
import { checkedContent } from './checked-content.js';
import type { ArchiveClaim } from './findings.js';
import { manifestSchema } from './manifest.js';
import { type ProvenArchive, proveArchive } from './prove.js';
import type { ArchiveStore } from './store.js';
import { verifySteps } from './verify-steps.js';

export interface ArchiveCallParts {
  readonly archives: ArchiveTable;
  readonly projects: Pick<ProjectTable, 'find'>;
  /** Of the same Valet. */
  readonly projectCalls: Pick<ProjectCalls, 'list'>;
  readonly store: Pick<ArchiveStore, 'head' | 'download' | 'read'>;
  readonly running: Running;
  readonly actor: Actor;
}

/** Each reads a whole archive onto this disk. */
const maxConcurrentProofs = 2;

/** What people ask of archives, answered directly. */
export class DirectArchives implements ArchiveCalls {
  readonly #parts: ArchiveCallParts;
  readonly #limit: LimitFunction = pLimit(maxConcurrentProofs);

  constructor(parts: ArchiveCallParts) {
    this.#parts = parts;
  }

  async list(projectId: string, filter: ListArchives = {}, { signal }: CallOptions = {}): Promise<ArchivePage> {
    const { cursor, limit } = parsed(listArchivesSchema, filter);
    const id = parseProjectId(projectId);
    const project = await asking(signal, () => this.#parts.projects.find(id));
    if (!project) throw new ValetError('project_not_found', `There is no project "${projectId}".`);
    const page = { beforeEpoch: numericCursor(cursor), limit: limit + 1 };
    const rows = await asking(signal, () => this.#parts.archives.restorable(project.id, page));
    const shown = rows.slice(0, limit);
    return {
      current: project.current_archive_id,
      archives: shown.map(shownArchive),
      next_cursor: rows.length > limit ? String(shown.at(-1)?.epoch) : null,
    };
  }

  all(projectId: string, options?: AllOptions): AsyncIterable<Archive> {
    return allArchives(this, projectId, options);
  }

  async verify(archiveId: string, options: CallOptions = {}): Promise<ArchiveProof> {
    const { running } = this.#parts;
    const archive = await this.#find(archiveId, options.signal);
    const proof = {
      archive_id: archive.id,
      project_id: archive.project_id,
      size_bytes: null,
      sha256: null,
      tables: {},
    };
    const unfit = unfitness(archive);
    if (unfit !== undefined) return { ...proof, proven: false, finding: unfit };
    const outcome = await running.start((signal) => this.#limit(() => this.#prove(archive, signal)), options.signal);
    if (typeof outcome === 'string') return { ...proof, proven: false, finding: outcome };
    const { size, sha256, tables } = outcome;
    return { ...proof, proven: true, size_bytes: size, sha256, tables: { ...tables }, finding: null };
  }

  verifySteps(options?: VerifyArchives, call?: CallOptions): AsyncIterable<VerifyStep> {
    return verifySteps({ projects: this.#parts.projectCalls, archives: this }, options, call);
  }

  async read(archiveId: string, options: CallOptions = {}): Promise<ArchiveContent> {
    const archive = await this.#find(archiveId, options.signal);
    const unfit = unfitness(archive);
    if (unfit !== undefined) throw new ValetError('not_found', `Archive ${archive.id} cannot be read: ${unfit}`);
    if ((await this.#parts.store.head(archive.r2_key, { signal: options.signal })) === null) {
      throw new ValetError('not_found', `Archive ${archive.id} is not in the store, though it was never deleted.`, {
        hint: 'Look at R2: whoever removed it may be able to bring it back.',
        details: { r2_key: archive.r2_key },
      });
    }
    const shown = shownArchive(archive);
    const body = this.#parts.store.read(archive.r2_key, { signal: options.signal });
    return { archive: shown, body: checkedContent(shown, body) };
  }

  /** Text: what keeps it from being proven. */
  async #prove(archive: KnownArchive, signal: AbortSignal): Promise<ProvenArchive | string> {
    const { archives, store, actor } = this.#parts;
    try {
      const proven = await proveArchive(store, claimOf(archive), { signal });
      await archives.verified(archive.id, actor());
      return proven;
    } catch (error) {
      if (!(error instanceof ValetError) || codeOf(error) !== 'archive_unproven') throw error;
      await archives.refuted(archive.id, actor(), error.message);
      return error.message;
    }
  }

  async #find(archiveId: string, signal: AbortSignal | undefined): Promise<KnownArchive> {
    const archive = await asking(signal, () => this.#parts.archives.find(archiveId));
    if (archive) return archive;
    throw new ValetError('not_found', `There is no archive "${archiveId}".`, {
      hint: "Look at the project's archives.",
    });
  }
}

function unfitness(archive: KnownArchive): string | undefined {
  if (archive.deleted_at !== null) return 'It was deleted.';
  if (archive.deleting_at !== null) return 'It is being deleted.';
  return archive.proven_at === null ? 'It was never proven: the attempt was given up, or is under way.' : undefined;
}

/** What it was proven to be. A basic server's archive has no manifest. */
function claimOf(archive: KnownArchive): ArchiveClaim {
  const manifest = manifestSchema.safeParse(archive.manifest);
  return {
    r2_key: archive.r2_key,
    r2_checksum: archive.r2_checksum,
    size: archive.size_bytes,
    manifest: manifest.success ? manifest.data : null,
    projectId: archive.project_id,
    epoch: archive.epoch,
  };
}
