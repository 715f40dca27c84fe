export interface ToldStep {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly saw: string | null;
  readonly error: string | null;
}

/** The claim, whether it held, and below it what was seen. */
export function demoLine(step: ToldStep, number: number, of: number): string {
  const claim = `${step.ok ? '✓' : '✗'} ${number}/${of} ${step.name}  ${step.ms} ms`;
  return `${claim}\n      ${step.saw ?? step.error ?? ''}`;
}
