import type { Instance } from '../support/instance.js';
import type { Verdict } from '../support/outward-calls.js';
import { mayHappenTwice } from '../support/repeat.js';
import type { Point } from './actions.js';

type Effect = Exclude<Verdict, 'pass'> | 'pause';

interface Set {
  readonly how: Effect;
  /** A call's name, or how many calls are still let through. */
  when: Point;
}

/** What is to happen at which of an instance's next calls. */
export class Points {
  readonly #instance: Instance;
  #set: Set[] = [];

  constructor(instance: Instance) {
    this.#instance = instance;
    instance.calls.intervene((call) => this.#decide(call));
  }

  set(when: Point, how: Effect): void {
    this.#set.push({ when, how });
  }

  /** Nothing more happens. Answers the names of calls that were waited for in vain. */
  clear(): string[] {
    const inVain = this.#set.flatMap(({ when }) => (typeof when === 'string' ? [when] : []));
    this.#set = [];
    return inVain;
  }

  #decide(call: string): Verdict | undefined {
    const due = this.#set.filter((point) => this.#isDue(point, call));
    this.#set = this.#set.filter((point) => !due.includes(point));
    if (due.some(({ how }) => how === 'pause')) this.#instance.calls.freeze();
    const how = due.map((point) => point.how).find((each) => each !== 'pause');
    if (how === 'late' && !isForMachine(call)) return 'cut';
    return how === 'twice' && !mayHappenTwice(this.#instance, call) ? undefined : how;
  }

  #isDue(point: Set, call: string): boolean {
    if (typeof point.when === 'string') return point.when === call;
    point.when -= 1;
    return point.when <= 0;
  }
}

/** A create at Fly that arrived after minutes would be nobody's: that is for the search for orphans. */
function isForMachine(call: string): boolean {
  return call.startsWith('machine: POST');
}
