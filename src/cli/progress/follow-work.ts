import { ValetError } from '../../sdk/errors.js';
import { Interrupted } from '../interruption.js';
import { afterStep, notBegun, type Outcome, outcomeOf, type Progress, type WorkStep } from './progress.js';
import { summaryText } from './texts.js';
import type { ProgressView } from './view.js';

type StepOf<Result> = Exclude<WorkStep, { readonly kind: 'done' }> | { readonly kind: 'done'; readonly result: Result };

export interface Work<Result> {
  /** "Sweeping" */
  readonly title: string;
  readonly steps: AsyncIterable<StepOf<Result>>;
  /** What goes on, and what to do next, when it is left before its end. */
  readonly leftBehind: string;
}

export interface Following {
  readonly view: ProgressView;
  /** Every step, as it comes. */
  readonly onStep: (step: StepOf<unknown>) => void;
  /** However it ended, once the view is closed. Undefined where nothing was done. */
  readonly onEnd: (summary: string | undefined) => void;
  /** What was done before something ended it. */
  readonly onBroken: (outcomes: readonly Outcome[]) => void;
}

interface Account {
  progress: Progress;
  readonly outcomes: Outcome[];
}

/**
 * Follows the work to its end. Whatever ends it before that says what was done by then.
 *
 * @throws what ended it, with `so_far` in its details; Interrupted when a signal did
 */
export async function followWork<Result>(
  { steps, leftBehind }: Work<Result>,
  signal: AbortSignal,
  following: Following,
): Promise<Result> {
  const beganMs = performance.now();
  const account: Account = { progress: notBegun, outcomes: [] };
  const [ended] = await Promise.allSettled([toTheEnd(steps, account, following)]);
  await following.view.close();
  following.onEnd(summaryText(account.progress, performance.now() - beganMs));
  if (ended.status === 'fulfilled') return ended.value;
  following.onBroken(account.outcomes);
  throw withSoFar(signal.aborted ? signal.reason : ended.reason, account, leftBehind);
}

async function toTheEnd<Result>(
  steps: AsyncIterable<StepOf<Result>>,
  account: Account,
  { view, onStep }: Following,
): Promise<Result> {
  for await (const step of steps) {
    onStep(step);
    if (step.kind === 'done') return step.result;
    account.progress = afterStep(account.progress, step);
    const outcome = outcomeOf(step);
    if (outcome !== undefined) account.outcomes.push(outcome);
    view.show(account.progress, outcome);
  }
  throw new ValetError('internal', 'The operation ended without a result.');
}

function withSoFar(thrown: unknown, { progress, outcomes }: Account, leftBehind: string): unknown {
  const shown = outcomes.map(({ id, outcome, code, reason }) => ({ id, outcome, code, reason }));
  const so_far = { planned: progress.planned, outcomes: shown };
  if (thrown instanceof Interrupted) return thrown.saying(leftBehind, { so_far });
  if (!(thrown instanceof ValetError) || progress.planned === 0) return thrown;
  const { code, message, hint, retryAfterSecs, details } = thrown;
  return new ValetError(code, message, {
    ...(hint !== undefined && { hint }),
    ...(retryAfterSecs !== undefined && { retryAfterSecs }),
    details: { ...details, so_far },
    cause: thrown,
  });
}
