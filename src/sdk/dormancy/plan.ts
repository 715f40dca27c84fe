import type { IdleProject } from '../database/dormancy.js';

export interface SweepPlanned {
  readonly archive: readonly IdleProject[];
  readonly skip: readonly { readonly project: IdleProject; readonly reason: string }[];
  /** May go to sleep too, but the sweep has no room for them (G13). */
  readonly leftOver: number;
}

/**
 * Which of the idle projects go to sleep, and why the others do not. Pure: `plan` and `run` both ask it, one batch
 * after the other.
 *
 * @param room how many more the sweep may put to sleep; what is skipped takes none of it
 */
export function planSweep(idle: readonly IdleProject[], room: number): SweepPlanned {
  const archive: IdleProject[] = [];
  const skip: { project: IdleProject; reason: string }[] = [];
  let leftOver = 0;
  for (const project of idle) {
    const reason = reasonToSkip(project);
    if (reason !== undefined) skip.push({ project, reason });
    else if (archive.length < room) archive.push(project);
    else leftOver += 1;
  }
  return { archive, skip, leftOver };
}

function reasonToSkip(project: IdleProject): string | undefined {
  if (project.held) return 'held by an operator';
  const retrySecs = project.archive_retry_secs ?? 0;
  if (retrySecs > 0) return `archiving it failed; not again for ${Math.ceil(retrySecs)} seconds`;
  return undefined;
}
