import type { Clock } from '../../clock.js';
import type { HostedMachine } from '../../fly/machine-host.js';

/** One request that a machine has not finished, upgraded or not. */
export interface Visit {
  /** Ends its count; further calls do nothing. */
  end(): void;
  /** `leave` is called when the machine is to be put to sleep under it, if it has not ended by then. */
  whenSentAway(leave: () => void): void;
}

interface Use {
  readonly open: Set<OpenVisit>;
  /** When the last one began or ended. */
  lastUsedMs: number;
}

/** How long those that are sent away may take. */
export const farewellMs = 1_000;

/**
 * Requests in flight per machine, a WebSocket being one: what Fly calls load. A service that counts connections has the
 * same number of them, since it gets a new connection for each request: fly.io/docs/reference/concurrency
 */
export class Connections {
  readonly #clock: Clock;
  readonly #uses = new Map<string, Use>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined when the machine is at its hard limit. */
  open(machine: HostedMachine): Visit | undefined {
    const use = this.#uses.get(machine.id) ?? { open: new Set(), lastUsedMs: 0 };
    if (use.open.size >= (machine.service?.concurrency.hardLimit ?? Number.POSITIVE_INFINITY)) return undefined;
    this.#uses.set(machine.id, use);
    const visit = new OpenVisit(() => {
      if (use.open.delete(visit)) use.lastUsedMs = this.#clock.nowMs();
    });
    use.open.add(visit);
    use.lastUsedMs = this.#clock.nowMs();
    return visit;
  }

  count(machineId: string): number {
    return this.#uses.get(machineId)?.open.size ?? 0;
  }

  /** Undefined when it was never used. */
  lastUsedMs(machineId: string): number | undefined {
    return this.#uses.get(machineId)?.lastUsedMs;
  }

  /** Resolves when those that can be sent away have ended, or had their time for it. */
  async sendAway(machineId: string): Promise<void> {
    const leaving = [...(this.#uses.get(machineId)?.open ?? [])].filter((visit) => visit.sendAway());
    if (leaving.length === 0) return;
    const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, farewellMs);
    await Promise.race([Promise.all(leaving.map((visit) => visit.ended)), timeIsUp]);
    clearTimeout(timer);
  }

  /** Forgets machines that are gone. */
  keepOnly(machineIds: ReadonlySet<string>): void {
    for (const [id, use] of this.#uses) {
      if (use.open.size === 0 && !machineIds.has(id)) this.#uses.delete(id);
    }
  }
}

class OpenVisit implements Visit {
  readonly #ended = Promise.withResolvers<void>();
  readonly #onEnd: () => void;
  #leave: (() => void) | undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  end(): void {
    this.#onEnd();
    this.#ended.resolve();
  }

  whenSentAway(leave: () => void): void {
    this.#leave = leave;
  }

  /** False when it knows no way to leave: an ordinary request is never sent away. */
  sendAway(): boolean {
    this.#leave?.();
    return this.#leave !== undefined;
  }
}
