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

  clear(): void {
    this.#set = [];
  }

  #decide(call: string): Verdict | undefined {
    const due = this.#set.filter((point) => this.#isDue(point, call));
    this.#set = this.#set.filter((point) => !due.includes(point));
    const [first] = due;
    if (first === undefined) return undefined;
    if (first.how === 'late') return isForMachine(call) ? 'late' : 'cut';
    if (first.how === 'twice' && !mayHappenTwice(this.#instance, call)) return undefined;
    if (first.how !== 'pause') return first.how;
    this.#instance.calls.freeze();
    return undefined;
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
