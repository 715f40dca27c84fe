import pLimit from 'p-limit';
import type { DormancyTable, IdleProject } from '../database/dormancy.js';
import { codeOf } from '../errors.js';
import { Try, unwatched, type Watch } from '../follow.js';
import type { ArchiveJourney } from '../projects/archive.js';
import { isLeftAlone } from '../projects/measured-archive.js';
import type { SweepPlan, SweepResult } from '../resources.js';
import type { SweepStep } from '../steps.js';
import type { SweepOutcome, Telemetry } from '../telemetry.js';
import type { FuseCheck } from '../upkeep/fuse-check.js';
import { planSweep, type SweepPlanned } from './plan.js';

export interface SweepParts {
  readonly dormancy: Pick<DormancyTable, 'idle'>;
  readonly journey: Pick<ArchiveJourney, 'archive'>;
  readonly fuse: FuseCheck;
  readonly thresholdSecs: number;
  readonly telemetry: Telemetry;
}

export interface SweepScope {
  readonly olderThanSecs: number | undefined;
  readonly limit: number;
  /** How many are archived at a time; 4 if left out. */
  readonly concurrency?: number | undefined;
}

/** One run of it. */
interface Pass {
  readonly result: SweepResult;
  readonly watch: Watch<SweepStep>;
  readonly signal: AbortSignal | undefined;
}

/** At a time, unless somebody asks for more or less: each keeps a machine and a download busy. */
const usualConcurrency = 4;
/** A plan names no more of those that it leaves alone: the longest unused. */
const maxSkippedShown = 1_000;

/**
 * The search for projects that nobody uses. It holds one batch of candidates at a time, and asks for the next when it
 * is done with that one. A project that fails stops no other.
 */
export class Sweep {
  readonly #parts: SweepParts;

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  async plan(scope: SweepScope): Promise<SweepPlan> {
    const plan: SweepPlan = { older_than_secs: scope.olderThanSecs ?? null, archive: [], skip: [], left_over: 0 };
    for await (const batch of this.#planned(scope)) {
      plan.archive.push(...batch.archive.map(candidate));
      const skipped = batch.skip.slice(0, maxSkippedShown - plan.skip.length);
      plan.skip.push(...skipped.map(({ project, reason }) => ({ ...candidate(project), reason })));
      plan.left_over += batch.leftOver;
    }
    return plan;
  }

  /**
   * Stops between two projects when the signal aborts, those under way being cancelled, or when the followers leave, those
   * under way being finished. What was archived until then is in the answer.
   *
   * @throws ValetError `fuse_blown`, before anything more is archived
   */
  async run(
    scope: SweepScope,
    actor: string,
    signal?: AbortSignal,
    watch: Watch<SweepStep> = unwatched,
  ): Promise<SweepResult> {
    const result: SweepResult = { skipped: null, archived: [], kept: [], failed: [], left_over: 0 };
    let outcome: SweepOutcome = 'failed';
    try {
      await this.#archiveAll(scope, actor, { result, watch, signal });
      outcome = signal?.aborted || watch.left.aborted ? 'aborted' : 'done';
      return result;
    } finally {
      this.#tell(outcome, result);
    }
  }

  async #archiveAll(scope: SweepScope, actor: string, { result, watch, signal }: Pass): Promise<void> {
    const limit = pLimit(scope.concurrency ?? usualConcurrency);
    const isStopped = () => signal?.aborted === true || watch.left.aborted;
    const archive = async (project: IdleProject) => {
      if (!isStopped()) watch.tell(await this.#archive(project, actor, result, signal));
    };
    let total = 0;
    for await (const batch of this.#planned(scope)) {
      if (isStopped()) return;
      result.left_over += batch.leftOver;
      if (batch.archive.length === 0) continue;
      await this.#parts.fuse.assertIntact(signal);
      total += batch.archive.length;
      watch.tell({ kind: 'planned', total });
      await Promise.all(batch.archive.map((project) => limit(archive, project)));
    }
  }

  #tell(outcome: SweepOutcome, { archived, kept, failed, left_over }: SweepResult): void {
    const counts = { archived: archived.length, kept: kept.length, failed: failed.length, leftOver: left_over };
    this.#parts.telemetry.sweep({ outcome, ...counts });
  }

  async *#planned(scope: SweepScope): AsyncGenerator<SweepPlanned, void, undefined> {
    const olderThanSecs = scope.olderThanSecs ?? this.#parts.thresholdSecs;
    const overridesOwn = scope.olderThanSecs !== undefined;
    let room = scope.limit;
    for await (const batch of this.#parts.dormancy.idle({ olderThanSecs, overridesOwn })) {
      const planned = planSweep(batch, room);
      room -= planned.archive.length;
      yield planned;
    }
  }

  async #archive(
    project: IdleProject,
    actor: string,
    result: SweepResult,
    signal: AbortSignal | undefined,
  ): Promise<SweepStep> {
    const trying = new Try();
    try {
      const why = `nobody has used it for ${Math.floor(project.idle_secs)} seconds`;
      await this.#parts.journey.archive(project, { actor, why }, signal);
      result.archived.push(project.id);
      return { kind: 'project', outcome: 'archived', ...trying.succeeded(project.id) };
    } catch (error) {
      const { took_secs, ...entry } = trying.failed(project.id, error);
      const outcome = isLeftAlone(codeOf(error)) ? 'kept' : 'failed';
      result[outcome].push(entry);
      return { kind: 'project', outcome, took_secs, ...entry };
    }
  }
}

function candidate(project: IdleProject): SweepPlan['archive'][number] {
  return {
    id: project.id,
    last_active_at: project.last_active_at.toISOString(),
    idle_secs: Math.floor(project.idle_secs),
  };
}
