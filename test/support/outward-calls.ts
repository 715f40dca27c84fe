/**
 * Everything that one instance sends to the outside passes here, so that a test can stop the instance before or after
 * any of its calls. What is seen is only what leaves it: its code knows nothing of this.
 */
export type Verdict =
  | 'pass'
  | 'die_before'
  | 'die_after'
  /** Carried out, and then the connection breaks; the instance lives. */
  | 'lose_answer';

/** What happens to a call before it leaves; it may also wait, or change the world meanwhile. */
export type Intervention = (call: string) => Verdict | undefined | Promise<Verdict | undefined>;

export class OutwardCalls {
  /** Every call in the order in which it wanted to leave. */
  readonly made: string[] = [];
  #intervention: Intervention = () => undefined;
  #frozen: PromiseWithResolvers<void> | undefined;
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
