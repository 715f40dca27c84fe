import { type Answer, sayAnswer } from './answer.js';

export type Verdict =
  | { readonly kind: 'holds' }
  | {
      readonly kind: 'does_not_hold';
      /** What was asked of the server, without secrets. */
      readonly sent: string;
      /** What came back, shortened, and what it should have been. */
      readonly got: string;
    }
  | { readonly kind: 'not_checked'; readonly why: string };

export interface Exchange {
  readonly sent: string;
  readonly answer: Answer;
}

export const holds: Verdict = { kind: 'holds' };

export function notChecked(why: string): Verdict {
  return { kind: 'not_checked', why };
}

export function broken(sent: string, got: string): Verdict {
  return { kind: 'does_not_hold', sent, got };
}

/** The first exchange whose answer does not fit is told. */
export function eachFits(exchanges: readonly Exchange[], fits: (answer: Answer) => boolean, wanted: string): Verdict {
  const misfit = exchanges.find(({ answer }) => !fits(answer));
  return misfit === undefined ? holds : broken(misfit.sent, `${sayAnswer(misfit.answer)}; wanted ${wanted}`);
}

/** The first that does not hold; what was not checked weighs more than what holds. */
export function together(...verdicts: readonly Verdict[]): Verdict {
  const worst = ['does_not_hold', 'not_checked'] as const;
  const found = worst.flatMap((kind) => verdicts.filter((verdict) => verdict.kind === kind));
  return found[0] ?? holds;
}
