import type { IdleProject } from '../database/dormancy.js';

export interface SweepPlanned {
  readonly archive: readonly IdleProject[];
  readonly skip: readonly { readonly project: IdleProject; readonly reason: string }[];
}

/** Which of the idle projects go to sleep, and why the others do not. Pure: `plan` and `run` both ask it. */
export function planSweep(idle: readonly IdleProject[], limit: number): SweepPlanned {
  const archive: IdleProject[] = [];
  const skip: { project: IdleProject; reason: string }[] = [];
  for (const project of idle) {
    const reason = reasonToSkip(project) ?? (archive.length < limit ? undefined : 'over the limit of this sweep');
    if (reason === undefined) archive.push(project);
    else skip.push({ project, reason });
  }
  return { archive, skip };
}

function reasonToSkip(project: IdleProject): string | undefined {
  if (project.held) return 'held by an operator';
  const retrySecs = project.archive_retry_secs ?? 0;
  if (retrySecs > 0) return `archiving it failed; not again for ${Math.ceil(retrySecs)} seconds`;
  return undefined;
}
