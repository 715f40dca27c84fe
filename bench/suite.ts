import type { Cores } from './cores.ts';
import type { Row } from './row.ts';

export interface Pace {
  /** Takes tiny numbers: shows that the suite works, measures nothing. */
  readonly quick: boolean;
  readonly cores: Cores;
  /** What is being done, for whoever waits. */
  readonly tell: (text: string) => void;
}

export interface Suite {
  readonly name: string;
  /** Gives each row as it is done. */
  run(pace: Pace): AsyncIterable<Row>;
}
