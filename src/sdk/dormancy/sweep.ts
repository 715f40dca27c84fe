import pLimit from 'p-limit';
import type { DormancyTable, IdleProject } from '../database/dormancy.js';
import { asError, codeOf, type ErrorCode } from '../errors.js';
import type { ArchiveJourney } from '../projects/archive.js';
import type { SweepPlan, SweepResult } from '../resources.js';
import { planSweep, type SweepPlanned } from './plan.js';

export interface SweepParts {
  readonly dormancy: DormancyTable;
  readonly journey: Pick<ArchiveJourney, 'archive'>;
  readonly thresholdSecs: number;
}

export interface SweepScope {
  readonly olderThanSecs: number | undefined;
  readonly limit: number;
}

/** Each keeps a machine and a download busy. */
const maxConcurrent = 4;
/** Skipped projects are looked at too, so that they cannot hide those behind them. */
const lookAheadFactor = 2;

/** Not failures: somebody came in between and the project is in use as it should be, or it could not be brought back. */
const leftAlone: ReadonlySet<ErrorCode> = new Set(['machine_busy', 'state_changed', 'cannot_restore']);

/** The search for projects that nobody uses. One that fails stops no other. */
export class Sweep {
  readonly #parts: SweepParts;

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  async plan(scope: SweepScope): Promise<SweepPlan> {
    const planned = await this.#plan(scope);
    return {
      older_than_secs: scope.olderThanSecs ?? null,
      archive: planned.archive.map(candidate),
      skip: planned.skip.map(({ project, reason }) => ({ ...candidate(project), reason })),
    };
  }

  async run(scope: SweepScope, actor: string, signal?: AbortSignal): Promise<SweepResult> {
    const planned = await this.#plan(scope);
    const result: SweepResult = { skipped: null, archived: [], kept: [], failed: [], left_over: 0 };
    const limit = pLimit(maxConcurrent);
    await Promise.all(
      planned.archive.map((project) => limit(async () => this.#archive(project, actor, result, signal))),
    );
    return result;
  }

  async #archive(
    project: IdleProject,
    actor: string,
    result: SweepResult,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (signal?.aborted) return;
    try {
      await this.#parts.journey.archive(project, actor, signal);
      result.archived.push(project.id);
    } catch (error) {
      const code = codeOf(error);
      const entry = { id: project.id, code, reason: asError(error).message };
      (leftAlone.has(code) ? result.kept : result.failed).push(entry);
    }
  }

  async #plan(scope: SweepScope): Promise<SweepPlanned> {
    const olderThanSecs = scope.olderThanSecs ?? this.#parts.thresholdSecs;
    const overridden = scope.olderThanSecs !== undefined;
    const idle = await this.#parts.dormancy.idle(olderThanSecs, overridden, scope.limit * lookAheadFactor);
    return planSweep(idle, scope.limit);
  }
}

function candidate(project: IdleProject): SweepPlan['archive'][number] {
  return {
    id: project.id,
    last_active_at: project.last_active_at.toISOString(),
    idle_secs: Math.floor(project.idle_secs),
  };
}
