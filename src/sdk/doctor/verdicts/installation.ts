import type { Binding, Installation } from '../../database/installation.js';
import { failure, ok, type Verdict, warning } from '../finding.js';

export function judgeEnvironment(bound: Binding | null, ours: Binding): Verdict {
  if (bound === null) {
    return warning(
      'The database is bound to no environment yet.',
      `Start "valet serve" once, which binds it to "${ours.environment}" with app "${ours.flyApp}" for good.`,
    );
  }
  if (bound.environment === ours.environment && bound.flyApp === ours.flyApp) {
    return ok(`The database belongs to environment "${ours.environment}" with app "${ours.flyApp}".`);
  }
  return failure(
    `The database belongs to environment "${bound.environment}" with app "${bound.flyApp}", not to "${ours.environment}" with "${ours.flyApp}".`,
    'Set VALET_ENVIRONMENT and VALET_FLY_APP to what the database belongs to, or use another database.',
  );
}

export function judgeHighWaterMark({ markedEpoch, epoch }: Installation, marks: readonly number[]): Verdict {
  const largest = Math.max(0, ...marks);
  if (largest <= markedEpoch) return ok(`The mark in R2 (${largest}) is not beyond the database (${epoch}).`);
  return failure(
    `The mark in R2 (${largest}) is beyond what this database has marked (${markedEpoch}): it was restored from a backup, or a copy is at work. Nothing is destroyed.`,
    'See "A restored database" in docs/operations.md; then run "valet db accept-restore".',
  );
}

export interface QuarantineFacts {
  readonly count: number;
  readonly first: { readonly kind: string; readonly name: string; readonly detail: string | null } | undefined;
}

export function judgeQuarantine({ count, first }: QuarantineFacts): Verdict {
  if (first === undefined) return ok('Nothing is in quarantine.');
  const others = count > 1 ? ` and ${count - 1} more` : '';
  const why = first.detail === null ? '' : ` (${first.detail})`;
  return failure(
    `Nothing is destroyed while ${first.kind} ${first.name}${others} is in quarantine${why}.`,
    'Look with "valet orphans list", then decide with "valet orphans remove" or "valet orphans keep".',
  );
}

/** @param stamps environments that machines of the app carry, one for each machine */
export function judgeOtherEnvironments(ours: Binding, stamps: readonly string[]): Verdict {
  const others = stamps.filter((stamp) => stamp !== ours.environment);
  const names = [...new Set(others)].sort();
  if (names.length === 0) return ok(`All stamped machines of app "${ours.flyApp}" are those of "${ours.environment}".`);
  return warning(
    `App "${ours.flyApp}" holds ${others.length} machines of ${names.map((name) => `"${name}"`).join(', ')} too.`,
    'Give each environment an app of its own: they share rate limits, and Fly takes their machines for alike.',
  );
}
