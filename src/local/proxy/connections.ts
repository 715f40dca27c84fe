import type { HostedMachine } from '../fly/machine-host.js';

interface Use {
  open: number;
  lastUsedMs: number;
}

/** Requests in flight and upgraded sockets per machine: what Fly's autostop looks at. Times are `performance.now()`. */
export class Connections {
  readonly #uses = new Map<string, Use>();

  /** Counts one connection until the returned function is called; further calls of it do nothing. */
  open(machine: HostedMachine): () => void {
    const use = this.#uses.get(machine.id) ?? { open: 0, lastUsedMs: 0 };
    this.#uses.set(machine.id, use);
    use.open += 1;
    let counted = true;
    return () => {
      if (!counted) return;
      counted = false;
      use.open -= 1;
      use.lastUsedMs = performance.now();
    };
  }

  count(machineId: string): number {
    return this.#uses.get(machineId)?.open ?? 0;
  }

  /** Undefined when it was never used. */
  lastUsedMs(machineId: string): number | undefined {
    return this.#uses.get(machineId)?.lastUsedMs;
  }

  /** Forgets machines that are gone. */
  keepOnly(machineIds: ReadonlySet<string>): void {
    for (const [id, use] of this.#uses) {
      if (use.open === 0 && !machineIds.has(id)) this.#uses.delete(id);
    }
  }
}
