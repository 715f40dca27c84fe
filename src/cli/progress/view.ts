import type { Outcome, Progress } from './progress.js';
import { outcomeText } from './texts.js';

/** Where people see how far long work has come. */
export interface ProgressView {
  /** @param outcome what became of one thing just now, if it did */
  show(progress: Progress, outcome: Outcome | undefined): void;
  /** Leaves nothing behind that would stand in the way of what is written next. */
  close(): Promise<void>;
}

/** A line for each outcome, for logs and for terminals that can do no more. */
export function plainView(title: string, tell: (line: string) => void): ProgressView {
  tell(`${title} …`);
  return {
    show: (_progress, outcome) => {
      if (outcome !== undefined) tell(outcomeText(outcome));
    },
    close: async () => undefined,
  };
}
