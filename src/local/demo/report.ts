/** One claim of the story and whether it held. */
export interface DemoStep {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What was seen. */
  readonly saw: string | null;
  /** Why it did not hold. */
  readonly error: string | null;
}

/** What the demonstration has shown. */
export interface DemoReport {
  readonly ok: boolean;
  readonly ms: number;
  readonly steps: readonly DemoStep[];
}

/** A step tells what it saw, and throws when its claim does not hold. */
export interface StoryStep<Context> {
  readonly name: string;
  readonly run: (context: Context, signal: AbortSignal) => Promise<string>;
}

const stepTimeoutMs = 60_000;

/** Runs the steps in order and stops at the first that does not hold: the later ones stand on it. */
export async function tell<Context>(
  story: readonly StoryStep<Context>[],
  context: Context,
  onStep: (step: DemoStep, number: number) => void,
  signal: AbortSignal,
): Promise<DemoReport> {
  const began = performance.now();
  const steps: DemoStep[] = [];
  for (const { name, run } of story) {
    const step = await measured(name, () =>
      run(context, AbortSignal.any([signal, AbortSignal.timeout(stepTimeoutMs)])),
    );
    steps.push(step);
    onStep(step, steps.length);
    if (!step.ok) break;
  }
  const ok = steps.length === story.length && steps.every((step) => step.ok);
  return { ok, ms: Math.round(performance.now() - began), steps };
}

async function measured(name: string, run: () => Promise<string>): Promise<DemoStep> {
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  try {
    const saw = await run();
    return { name, ok: true, ms: ms(), saw, error: null };
  } catch (thrown) {
    return { name, ok: false, ms: ms(), saw: null, error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
