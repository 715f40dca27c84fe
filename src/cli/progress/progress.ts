import type { DrainStep, OrphanStep, ReplenishStep, SweepStep, VerifyStep } from '../../sdk/steps.js';

/** What long work tells. */
export type WorkStep = SweepStep | ReplenishStep | DrainStep | OrphanStep | VerifyStep;
type GoingStep = Exclude<WorkStep, { readonly kind: 'done' }>;
type ItemStep = Extract<WorkStep, { readonly outcome: string }>;

/** What became of one thing. */
export interface Outcome {
  readonly id: string;
  /** As people say it: "archived", "not proven". */
  readonly outcome: string;
  /** How long it took; null where nobody measured. */
  readonly tookSecs: number | null;
  readonly code: string | null;
  readonly reason: string | null;
}

export interface Progress {
  /** So many are to be done, as far as is known. */
  readonly planned: number;
  readonly finished: number;
  /** How many there are of each outcome, good ones first. */
  readonly counts: readonly (readonly [outcome: string, count: number])[];
  /** The newest last; a few. */
  readonly latest: readonly Outcome[];
}

export const notBegun: Progress = { planned: 0, finished: 0, counts: [], latest: [] };

const maxLatest = 5;
/** Every outcome that a step may tell, in the order in which people read them. */
const words = ['archived', 'ready', 'retiring', 'removed', 'proven', 'kept', 'not proven', 'failed'];

/** Undefined for a step that is about no single thing. */
export function outcomeOf(step: GoingStep): Outcome | undefined {
  if (step.kind === 'planned') return undefined;
  const { id } = step;
  if (!('took_secs' in step)) return { id, outcome: wordOf(step), tookSecs: null, code: null, reason: null };
  const { took_secs, code, reason } = step;
  return { id, outcome: wordOf(step), tookSecs: took_secs, code, reason };
}

export function afterStep(progress: Progress, step: GoingStep): Progress {
  if (step.kind === 'planned') return { ...progress, planned: step.total };
  const outcome = outcomeOf(step);
  if (outcome === undefined) return progress;
  return {
    ...progress,
    finished: progress.finished + 1,
    counts: counted(progress.counts, outcome.outcome),
    latest: [...progress.latest, outcome].slice(-maxLatest),
  };
}

function wordOf(step: ItemStep): string {
  if (step.kind === 'orphan' && step.outcome === 'done') return 'removed';
  return step.outcome === 'unproven' ? 'not proven' : step.outcome;
}

function counted(counts: Progress['counts'], outcome: string): Progress['counts'] {
  const before = counts.find(([known]) => known === outcome)?.[1] ?? 0;
  const others = counts.filter(([known]) => known !== outcome);
  const all: Progress['counts'] = [...others, [outcome, before + 1]];
  return all.toSorted(([one], [other]) => words.indexOf(one) - words.indexOf(other));
}
