import { ValetError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import type { Route } from '../resources.js';
import { Activity } from './activity.js';
import type { CachedRoute } from './cached-route.js';
import { RoutingCounts, type RoutingLoad } from './counts.js';
import { untilAborted, within } from './deadline.js';
import { decide, destinationOf, type RequestFacts } from './decide.js';
import { explainNoProject, explainRoute, parseSubject } from './explain.js';
import { Holds } from './holds.js';
import { type Refusal, type Replay, type RouteOutcome, refusalOf, refuse } from './outcome.js';
import { hostName, type ParsedRoute, parseRoute } from './parse.js';
import type { ProjectView, RouteChanges, RouteSource, Waker } from './ports.js';
import { type ReplaySettings, replayHeader } from './replay-header.js';
import { freshMs, RouteCache } from './route-cache.js';

export interface RouterParts {
  readonly source: RouteSource;
  readonly changes: RouteChanges;
  readonly waker: Waker;
  readonly routerDomain: string | undefined;
  readonly replay: ReplaySettings;
  readonly wakeTimeoutMs: number;
  /** Requests that may wait for their project at once on this instance. */
  readonly maxHeld?: number;
  readonly maxEntries?: number;
  readonly readTimeoutMs?: number;
  readonly flushMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Told of trouble that no request is refused for. */
  readonly report?: (error: Error) => void;
}

/** How many times a route that proved outdated is read again before the client is asked to. */
const maxDecisions = 3;
/** A returned request has its row read again, but not oftener than this: the header that says so can be forged. */
const returnedFreshMs = 10_000;
/** The waker keeps the bound; this is for one that does not. */
const wakeGraceMs = 1_000;

/** Sends a project's requests to its machine: one decision, one effect. */
export class Router {
  readonly counts = new RoutingCounts();
  readonly #parts: RouterParts;
  readonly #routerDomain: string | undefined;
  readonly #cache: RouteCache;
  readonly #activity: Activity;
  readonly #holds: Holds;

  constructor(parts: RouterParts) {
    const withClock = { ...parts, now: parts.now ?? (() => performance.now()) };
    this.#parts = parts;
    this.#routerDomain = parts.routerDomain === undefined ? undefined : hostName(parts.routerDomain);
    this.#cache = new RouteCache(withClock);
    this.#activity = new Activity(withClock);
    this.#holds = new Holds(parts.maxHeld ?? 1_000);
  }

  /** Requests that wait for their project now. */
  get held(): number {
    return this.#holds.held;
  }

  get load(): RoutingLoad {
    const { routes, unknown, reads } = this.#cache.size;
    const kept = { cachedRoutes: routes, cachedUnknown: unknown, pendingReads: reads };
    return { held: this.held, ...kept, pendingActivity: this.#activity.pending, degraded: this.#cache.away };
  }

  parse(host: string | undefined, url: string): ParsedRoute {
    return parseRoute({ host, url, routerDomain: this.#routerDomain });
  }

  /** The answer for a project known to be active, without waiting for anything; undefined means: ask `route`. */
  quick(id: ProjectId, returned: boolean): Replay | undefined {
    if (returned) return undefined;
    const route = this.#cache.peek(id);
    if (route?.replay === undefined || route.view === undefined || this.#activity.mustTouchFirst(route))
      return undefined;
    this.#activity.note(route.view);
    return route.replay;
  }

  /**
   * Waits for a project that sleeps, up to the wake timeout. Never rejects. Aborting the signal frees the place at
   * once; with a ValetError as its reason, that is the answer.
   */
  async route(id: ProjectId, facts: RequestFacts, signal: AbortSignal): Promise<RouteOutcome> {
    try {
      for (let tries = 0; tries < maxDecisions; tries += 1) {
        const route = await untilAborted(this.#cache.get(id, facts.returned ? returnedFreshMs : freshMs), signal);
        const outcome = await this.#follow(route, facts, signal);
        if (outcome !== undefined) return outcome;
        this.#cache.changed(id);
      }
      return refuse('state_changed', `Project ${id} keeps changing its state.`, 1);
    } catch (thrown) {
      return signal.aborted && !(signal.reason instanceof ValetError) ? { kind: 'gone' } : refusalOf(thrown);
    }
  }

  /**
   * Where a request would go now, by the same decision; wakes nothing.
   *
   * @throws ValetError `database_unavailable`
   */
  async explain(hostOrId: string): Promise<Route> {
    const parsed = parseSubject(hostOrId, this.#routerDomain);
    return parsed.kind === 'project' ? explainRoute(await this.#cache.get(parsed.id)) : explainNoProject(parsed);
  }

  /** Writes the activity that is not yet written and stops listening for changes. Idempotent. */
  async close(): Promise<void> {
    this.#cache.close();
    await this.#activity.close();
  }

  /** Undefined if the route proved outdated. */
  async #follow(route: CachedRoute, facts: RequestFacts, signal: AbortSignal): Promise<RouteOutcome | undefined> {
    const { id, view, replay } = route;
    const decision = decide(route.destination, id, facts);
    switch (decision.kind) {
      case 'replay':
        if (view === undefined || replay === undefined) return undefined;
        return (await this.#activity.admit(route, view)) ? replay : undefined;
      case 'wake':
      case 'hold':
        return this.#hold(id, signal);
      case 'returned':
        return refuse('machine_unreachable', decision.reason, 5);
      case 'not_found':
        return refuse('project_not_found', decision.reason);
      case 'lost':
        return refuse('project_lost', decision.reason);
    }
  }

  async #hold(id: ProjectId, signal: AbortSignal): Promise<RouteOutcome> {
    using place = this.#holds.take();
    if (place === undefined)
      return refuse('overloaded', `Too many requests are waiting; project ${id} has to wait.`, 2);
    const timeoutMs = this.#parts.wakeTimeoutMs;
    const waking = within(this.#parts.waker.awake(id, { signal, timeoutMs }), timeoutMs + wakeGraceMs, () =>
      tooLate(id),
    );
    const view = await untilAborted(waking, signal);
    return this.#afterWaking(id, view);
  }

  #afterWaking(id: ProjectId, view: ProjectView): Replay | Refusal {
    const destination = destinationOf(id, view);
    if (destination.kind !== 'replay') return refuse('state_changed', destination.reason, 1);
    this.#activity.note(view);
    return { kind: 'replay', header: replayHeader(destination.machine, this.#parts.replay) };
  }
}

function tooLate(id: ProjectId): ValetError {
  return new ValetError('wake_timeout', `Project ${id} is not awake yet.`, { retryAfterSecs: 2 });
}
