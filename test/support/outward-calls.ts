/**
 * Everything that one instance sends to the outside passes here, so that a test can break any of its calls. What is
 * seen is only what leaves it: its code knows nothing of this.
 */
export type Verdict =
  | 'pass'
  /** Not carried out: HTTP 500, or an error of PostgreSQL. */
  | 'refuse'
  /** Not carried out: the connection breaks. */
  | 'cut'
  | 'die_before'
  | 'die_after'
  /** Carried out, and then the connection breaks; the instance lives. */
  | 'lose_answer'
  /**
   * Carried out, and then the same again; what comes of the second is the answer. A statement in the middle of a
   * transaction is not repeated: nothing on the way could do that.
   */
  | 'twice'
  /** Carried out, and then the instance is frozen: the answer reaches it after `thaw`. */
  | 'stall'
  /** Carried out with half of what was sent, as if all had come. HTTP only. */
  | 'halve'
  /** The connection breaks, and what was asked for is on its way all the same: `arrive` carries it out. HTTP only. */
  | 'late';

/** What happens to a call before it leaves; it may also wait, or change the world meanwhile. */
export type Intervention = (call: string) => Verdict | undefined | Promise<Verdict | undefined>;

export class OutwardCalls {
  /** Every call in the order in which it wanted to leave. */
  readonly made: string[] = [];
  #intervention: Intervention = () => undefined;
  #frozen: PromiseWithResolvers<void> | undefined;
  #underWay: (() => Promise<unknown>)[] = [];
  #deafness: AbortController | undefined;
  readonly #death = new AbortController();

  /** Aborts when the instance dies. */
  get death(): AbortSignal {
    return this.#death.signal;
  }

  get dead(): boolean {
    return this.#death.signal.aborted;
  }

  intervene(intervention: Intervention): void {
    this.#intervention = intervention;
  }

  /** As SIGKILL does: its connections end, and nothing that it sends arrives any more. */
  die(): void {
    this.#death.abort();
    this.thaw();
  }

  /** As SIGSTOP does: nothing more leaves, and what was about to leave does so after `thaw`. */
  freeze(): void {
    this.#frozen ??= Promise.withResolvers<void>();
  }

  /** Resolves once it is frozen: before the first call that fits. */
  freezeBefore(fits: (call: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.intervene((call) => {
        if (!fits(call)) return undefined;
        this.intervene(() => undefined);
        this.freeze();
        resolve();
        return undefined;
      });
    });
  }

  thaw(): void {
    this.#frozen?.resolve();
    this.#frozen = undefined;
  }

  /** From now on news from the database (NOTIFY) is lost on its way here. */
  deafen(): void {
    this.#deafness ??= new AbortController();
  }

  /** Connections that have lost news break: as long as one holds, nothing is lost on it. */
  hear(): void {
    this.#deafness?.abort();
    this.#deafness = undefined;
  }

  /** While news is lost; aborts at the end of that. */
  get deafness(): AbortSignal | undefined {
    return this.#deafness?.signal;
  }

  /** Resolves when it is not frozen. */
  get thawed(): Promise<void> {
    return this.#frozen?.promise ?? Promise.resolve();
  }

  get frozen(): boolean {
    return this.#frozen !== undefined;
  }

  /** Keeps a call that is late. */
  postpone(call: () => Promise<unknown>): void {
    this.#underWay.push(call);
  }

  /** What is late arrives now, as often as told, whatever has become of its sender. What comes of it nobody hears. */
  async arrive(times: number): Promise<void> {
    const arriving = this.#underWay;
    this.#underWay = [];
    for (const call of arriving) for (let each = 0; each < times; each++) await call().catch(() => undefined);
  }

  /** Asked by the forwarders before they pass anything on. */
  async leave(call: string): Promise<Verdict> {
    this.made.push(call);
    await this.#frozen?.promise;
    const verdict = (await this.#intervention(call)) ?? 'pass';
    await this.#frozen?.promise;
    if (verdict === 'die_before') this.die();
    return verdict;
  }
}

/** Whether a call changes something: to stop at one that only looks is to stop after the change before it. */
export function isEffect(call: string): boolean {
  return !/^(database: (select|renew)|fly: GET|machine: GET|store: (GET|HEAD))/.test(call);
}

/** Tells calls of one name apart by how often the name came before: `fly: POST /volumes #2`. */
export function numbered(): (call: string) => string {
  const seen = new Map<string, number>();
  return (call) => {
    const times = (seen.get(call) ?? 0) + 1;
    seen.set(call, times);
    return `${call} #${times}`;
  };
}
