import type { Clock } from '../../clock.js';
import type { Machine } from '../machines/machine.js';
import type { MachineRegistry } from '../machines/registry.js';
import { waitUntil } from '../machines/wait-until.js';
import type { Pacing } from '../timings.js';
import type { Volumes } from '../volumes/volumes.js';
import type { Apps } from './apps.js';

export interface RemovalContext {
  readonly apps: Apps;
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
  readonly clock: Clock;
  readonly pace: Pacing;
  /** Forgets what else belongs to the app: its tokens, addresses, secrets and policies. */
  readonly onRemoved: (app: string) => void;
  readonly onLog: (line: string) => void;
}

/** A machine that is not destroyed by then keeps its app, and the app its name. */
const maxDestroyMs = 60_000;
/** Machines may be created while the app goes. */
const maxPasses = 5;

/** Deletions of apps, which go on after they were answered. */
export class AppRemovals {
  readonly #going = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #context: RemovalContext;

  constructor(context: RemovalContext) {
    this.#context = context;
  }

  /** Destroys its machines and volumes and, when they are gone, forgets the app. Safe to repeat. */
  begin(app: string): void {
    if (this.#going.has(app)) return;
    const ended = this.#remove(app)
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (!this.#closing.signal.aborted) this.#context.onLog(`app ${app} stays: ${message}`);
      })
      .finally(() => this.#going.delete(app));
    this.#going.set(app, ended);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#going.values());
  }

  async #remove(app: string): Promise<void> {
    const { apps, registry, volumes, clock, pace, onRemoved } = this.#context;
    const { signal } = this.#closing;
    const earliest = clock.sleep(pace.ms('appDeleteMs'), signal);
    // Heard where it is awaited; until then it must not count as unheard.
    earliest.catch(() => undefined);
    for (let pass = 1; registry.list(app, { includeDeleted: false }).length > 0; pass++) {
      if (pass > maxPasses) throw new Error('it still gets new machines');
      await Promise.all(registry.list(app, { includeDeleted: false }).map((machine) => this.#destroy(machine)));
      signal.throwIfAborted();
    }
    await volumes.deleteAll(app);
    await earliest;
    apps.remove(app);
    onRemoved(app);
  }

  async #destroy(machine: Machine): Promise<void> {
    machine.destroy(true);
    const bound = { timeoutMs: maxDestroyMs, clock: machine.clock, signal: this.#closing.signal };
    if (await waitUntil(machine.record, ({ phase }) => phase === 'destroyed' || undefined, bound)) return;
    throw new Error(`machine ${machine.record.identity.id} is ${machine.record.state}`);
  }
}
