import { asError, ValetError } from '../errors.js';
import type { Check } from './check.js';
import { type Finding, failure, skipped, type Verdict } from './finding.js';

export interface ExamineOptions {
  readonly signal?: AbortSignal | undefined;
  /** For all checks together. */
  readonly totalTimeoutMs?: number;
  /** At the end, for what still runs and tidies up behind itself. */
  readonly tidyTimeoutMs?: number;
}

/** Longer than the slowest chain of checks takes where each answers just in time is not worth anybody's waiting. */
const usualTotalTimeoutMs = 60_000;
const usualTidyTimeoutMs = 5_000;

/**
 * Runs the checks side by side, each as soon as those that it needs have ended, and tells of them in their order. A check
 * that does not answer in time has failed; none is waited for longer, so this always ends.
 *
 * @throws the signal's reason
 */
export async function* examine(checks: readonly Check[], options: ExamineOptions = {}): AsyncGenerator<Finding> {
  const { signal, totalTimeoutMs = usualTotalTimeoutMs, tidyTimeoutMs = usualTidyTimeoutMs } = options;
  signal?.throwIfAborted();
  const over = new AbortController();
  const stop = () => over.abort();
  const timer = setTimeout(stop, totalTimeoutMs);
  signal?.addEventListener('abort', stop, { once: true });
  const running = new Set<Promise<unknown>>();
  const ended = new Map<string, Promise<Finding>>();
  for (const check of checks) ended.set(check.name, afterNeeds(check, ended, over.signal, running));
  try {
    for (const finding of ended.values()) {
      const next = await finding;
      signal?.throwIfAborted();
      yield next;
    }
  } finally {
    over.abort();
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    await settled(running, tidyTimeoutMs);
  }
}

async function afterNeeds(
  check: Check,
  ended: ReadonlyMap<string, Promise<Finding>>,
  over: AbortSignal,
  running: Set<Promise<unknown>>,
): Promise<Finding> {
  for (const name of check.needs) {
    const needed = await ended.get(name);
    if (needed === undefined) throw new Error(`Check ${check.name} needs ${name}, which does not come before it.`);
    if (needed.verdict === 'skipped' || needed.verdict === 'failure')
      return findingOf(check, skipped(`Not asked: ${name} has to go well first.`, name), 0);
  }
  const began = performance.now();
  const verdict = await bounded(check, over, running);
  return findingOf(check, verdict, verdict.verdict === 'skipped' ? 0 : performance.now() - began);
}

async function bounded(check: Check, over: AbortSignal, running: Set<Promise<unknown>>): Promise<Verdict> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), check.timeoutMs);
  const ends = AbortSignal.any([late.signal, over]);
  const tooLate = Promise.withResolvers<Verdict>();
  ends.addEventListener('abort', () => tooLate.resolve(noAnswer(check)), { once: true });
  if (ends.aborted) tooLate.resolve(noAnswer(check));
  const asked = check.run(ends).catch((thrown: unknown) => (ends.aborted ? noAnswer(check) : unforeseen(thrown)));
  running.add(asked);
  void asked.finally(() => running.delete(asked));
  try {
    return await Promise.race([asked, tooLate.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function noAnswer({ timeoutMs }: Check): Verdict {
  return failure(
    `There was no answer within ${timeoutMs / 1000} s.`,
    'Check that nothing in between (a firewall, a VPN) swallows the connection, then run "valet doctor" again.',
  );
}

function unforeseen(thrown: unknown): Verdict {
  const error = asError(thrown);
  const hint = error instanceof ValetError ? error.hint : undefined;
  return failure(error.message, hint ?? 'Look up what was found in docs/doctor.md, then run "valet doctor" again.');
}

function findingOf({ name, group }: Check, verdict: Verdict, tookMs: number): Finding {
  return {
    name,
    group,
    verdict: verdict.verdict,
    found: verdict.found,
    mend: 'mend' in verdict ? verdict.mend : null,
    needs: 'needs' in verdict ? verdict.needs : null,
    took_ms: Math.round(tookMs),
  };
}

async function settled(running: ReadonlySet<Promise<unknown>>, tidyTimeoutMs: number): Promise<void> {
  if (running.size === 0) return;
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), tidyTimeoutMs);
  const tired = new Promise<void>((resolve) => enough.signal.addEventListener('abort', () => resolve()));
  await Promise.race([Promise.allSettled(running), tired]);
  clearTimeout(timer);
}
