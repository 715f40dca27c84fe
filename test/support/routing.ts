import type { ProjectState } from '../../src/sdk/lifecycle/states.js';
import { type ProjectId, parseProjectId } from '../../src/sdk/projects/project-id.js';
import type {
  ProjectView,
  RouteChangeListener,
  RouteChanges,
  RouteSource,
  Waker,
} from '../../src/sdk/routing/ports.js';

export const demo = parseProjectId('demo');
export const demoHeader = 'instance=m-demo;app=projects;timeout=10s;fallback=prefer_self';

const withMachine: readonly ProjectState[] = ['active', 'archiving', 'waking'];

export function viewOf(id: string, state: ProjectState = 'active', fields: Partial<ProjectView> = {}): ProjectView {
  const machine = withMachine.includes(state) ? { flyId: `m-${id}`, app: 'projects' } : null;
  return { id: parseProjectId(id), state, epoch: 1, machine, idleSecs: 0, ...fields };
}

/** A monotonic clock that moves when told. */
export class TestClock {
  atMs = 1_000_000;
  readonly now = (): number => this.atMs;

  pass(secs: number): void {
    this.atMs += secs * 1000;
  }
}

/** The rows behind the routes and the news about them, in memory. */
export class TestRoutes implements RouteSource, RouteChanges {
  readonly rows = new Map<string, ProjectView>();
  healthy = true;
  /** The database does not answer. */
  away = false;
  /** Instead of an answer. */
  fault: Error | undefined;
  /** Reads and touches wait for this, after they have looked. */
  gate: Promise<void> = Promise.resolve();
  /** The ids that were read, and how many of them by each statement. */
  readonly reads: string[] = [];
  readonly statements: number[] = [];
  /** The ids of which each renewal asked. */
  readonly asked: string[][] = [];
  readonly touches: string[] = [];
  readonly batches: string[][] = [];
  readonly listeners = new Set<RouteChangeListener>();

  constructor(...views: ProjectView[]) {
    for (const view of views) this.rows.set(view.id, view);
  }

  async readAll(ids: readonly ProjectId[]): Promise<readonly ProjectView[]> {
    this.reads.push(...ids);
    this.statements.push(ids.length);
    this.#answer();
    const views = ids.map((id) => this.rows.get(id)).filter((view) => view !== undefined);
    await this.gate;
    return views;
  }

  async moved(known: readonly { readonly id: ProjectId; readonly epoch: number }[]): Promise<readonly ProjectId[]> {
    this.asked.push(known.map(({ id }) => id));
    this.#answer();
    const moved = known.filter(({ id, epoch }) => {
      const view = this.rows.get(id);
      return view?.state !== 'active' || view.epoch !== epoch;
    });
    await this.gate;
    return moved.map(({ id }) => id);
  }

  async touch(id: ProjectId, epoch: number): Promise<boolean> {
    this.touches.push(id);
    this.#answer();
    const view = this.rows.get(id);
    await this.gate;
    return view?.state === 'active' && view.epoch === epoch;
  }

  async touchAll(touches: readonly { readonly id: ProjectId }[]): Promise<void> {
    this.#answer();
    this.batches.push(touches.map(({ id }) => id));
  }

  subscribe(listener: RouteChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Changes a row and says so. */
  change(view: ProjectView): void {
    this.rows.set(view.id, view);
    this.tell(view.id);
  }

  tell(id: string): void {
    for (const listener of this.listeners) listener.changed(id);
  }

  recover(): void {
    this.healthy = true;
    for (const listener of this.listeners) listener.reset();
  }

  #answer(): void {
    if (this.fault !== undefined) throw this.fault;
    if (this.away) throw new Error('connection refused');
  }
}

/** Wakes when told; counts who waits. */
export class TestWaker implements Waker {
  readonly calls: string[] = [];
  /** Those that heeded their signal. */
  gaveUp = 0;
  answer: (id: ProjectId) => Promise<ProjectView> = async (id) => viewOf(id);

  awake(
    id: ProjectId,
    { signal }: { readonly signal?: AbortSignal; readonly timeoutMs: number },
  ): Promise<ProjectView> {
    this.calls.push(id);
    signal?.addEventListener('abort', () => {
      this.gaveUp += 1;
    });
    return this.answer(id);
  }
}

/** Waits for something that is bound to come. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const endsAt = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > endsAt) throw new Error(`Still waiting for: ${what}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
