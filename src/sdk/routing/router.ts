import { ValetError } from '../errors.js';
import type { ProjectId } from '../projects/project-id.js';
import type { Route } from '../resources.js';
import { Activity } from './activity.js';
import type { CachedRoute } from './cached-route.js';
import { countedAs, RoutingCounts, type RoutingLoad } from './counts.js';
import { untilAborted } from './deadline.js';
import { type Decision, decide, plainFacts, type RequestFacts } from './decide.js';
import { explainNoProject, explainRoute, parseSubject } from './explain.js';
import { Holding } from './holding.js';
import { type Refusal, type Replay, type RouteOutcome, refusalOf, refuse } from './outcome.js';
import { hostName, type ParsedRoute, parseRoute } from './parse.js';
import { observerHeader, type ReplaySettings, replayHeader } from './replay-header.js';
import { Returned } from './returned.js';
import { freshMs, RouteCache } from './route-cache.js';
import type { RouterParts } from './router-parts.js';

/** How many times a route that proved outdated is read again before the client is asked to. */
const maxDecisions = 3;
/** A returned request has its row read again, but not oftener than this: the header that says so can be forged. */
const returnedFreshMs = 10_000;
const waitRetrySecs = 2;

/** Sends a project's requests to its machine: one decision, one effect. */
export class Router {
  readonly counts = new RoutingCounts();
  readonly #replay: ReplaySettings;
  readonly #now: () => number;
  readonly #routerDomain: string | undefined;
  readonly #cache: RouteCache;
  readonly #activity: Activity;
  readonly #holding: Holding;
  readonly #returned: Returned;

  constructor(given: RouterParts) {
    const parts = {
      maxHeld: 1_000,
      now: () => performance.now(),
      random: Math.random,
      report: () => undefined,
      counts: this.counts,
      ...given,
    };
    this.#replay = parts.replay;
    this.#now = parts.now;
    this.#routerDomain = parts.routerDomain === undefined ? undefined : hostName(parts.routerDomain);
    this.#cache = new RouteCache(parts);
    this.#activity = new Activity(parts);
    this.#holding = new Holding(parts);
    this.#returned = new Returned(parts);
  }

  /** Requests that wait for their project now. */
  get held(): number {
    return this.#holding.held;
  }

  get load(): RoutingLoad {
    const { routes, unknown, reads } = this.#cache.size;
    const kept = { cachedRoutes: routes, cachedUnknown: unknown, pendingReads: reads };
    return { held: this.held, ...kept, pendingActivity: this.#activity.pending, degraded: this.#cache.away };
  }

  parse(host: string | undefined, url: string): ParsedRoute {
    return parseRoute(host, url, this.#routerDomain);
  }

  /** The answer that is known without waiting for anything; undefined means: ask `afterReading` or `route`. */
  quick(id: ProjectId, facts: RequestFacts): Replay | Refusal | undefined {
    if (facts.returned || facts.observer) return undefined;
    const nowMs = this.#now();
    const route = this.#cache.peek(id, freshMs, nowMs);
    return route && this.#atOnce(route, nowMs);
  }

  /**
   * The answer to a request that is nothing special, once its row is read, which takes two seconds at most; undefined
   * means: ask `route`. Never rejects.
   */
  async afterReading(id: ProjectId): Promise<Replay | Refusal | undefined> {
    try {
      return this.#atOnce(await this.#cache.get(id), this.#now());
    } catch (thrown) {
      this.counts.decided.refused += 1;
      return refusalOf(thrown);
    }
  }

  /**
   * Waits for a project that sleeps, up to the wake timeout. Never rejects. Aborting the signal frees the place at
   * once; with a ValetError as its reason, that is the answer.
   */
  async route(id: ProjectId, facts: RequestFacts, signal: AbortSignal): Promise<RouteOutcome> {
    try {
      for (let tries = 0; tries < maxDecisions; tries += 1) {
        const route = await untilAborted(this.#cache.get(id, facts.returned ? returnedFreshMs : freshMs), signal);
        const decision = decide(id, route.view, facts);
        const outcome = await this.#follow(decision, route, signal);
        if (outcome !== undefined) return this.#counted(outcome, decision);
        this.#cache.changed(id);
      }
      return this.#counted(refuse('state_changed', `Project ${id} keeps changing its state.`, 1));
    } catch (thrown) {
      const left = signal.aborted && !(signal.reason instanceof ValetError);
      return this.#counted(left ? { kind: 'gone' } : refusalOf(thrown));
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
    this.#returned.close();
    this.#cache.close();
    await this.#activity.close();
  }

  /** Undefined where something is to be waited for. */
  #atOnce(route: CachedRoute, nowMs: number): Replay | Refusal | undefined {
    const { id, view, replay } = route;
    if (replay !== undefined && view !== undefined) {
      if (this.#activity.mustTouchFirst(route, nowMs)) return undefined;
      this.#activity.noteUse(route, view, nowMs);
      this.counts.decided.replay += 1;
      return replay;
    }
    const decision = decide(id, view, plainFacts);
    if (decision.kind !== 'not_found') return undefined;
    this.counts.decided.not_found += 1;
    return refuse('project_not_found', decision.reason);
  }

  /** Undefined if the route proved outdated. */
  async #follow(decision: Decision, route: CachedRoute, signal: AbortSignal): Promise<RouteOutcome | undefined> {
    const { id, view, replay } = route;
    switch (decision.kind) {
      case 'replay':
        if (view === undefined || replay === undefined) return undefined;
        if (!decision.counts) return { kind: 'replay', header: observerHeader(replay.header) };
        return (await this.#activity.admit(route, view)) ? replay : undefined;
      case 'wake':
      case 'hold':
        return this.#hold(id, signal);
      case 'asleep':
        return { kind: 'asleep', message: decision.reason };
      case 'observe':
        return this.#returned.observe(id, signal);
      case 'wait':
        this.#returned.rouse(id);
        return refuse('wake_timeout', decision.reason, waitRetrySecs);
      case 'not_found':
        return refuse('project_not_found', decision.reason);
      case 'lost':
        return refuse('project_lost', decision.reason);
    }
  }

  async #hold(id: ProjectId, signal: AbortSignal): Promise<RouteOutcome> {
    const view = await this.#holding.untilAwake(id, signal);
    if ('kind' in view) return view;
    const decision = decide(id, view, plainFacts);
    if (decision.kind !== 'replay') return refuse('state_changed', decision.reason, 1);
    this.#activity.note(view);
    return { kind: 'replay', header: replayHeader(decision.machine, this.#replay) };
  }

  #counted(outcome: RouteOutcome, decision?: Decision): RouteOutcome {
    this.counts.decided[countedAs(outcome, decision?.kind)] += 1;
    return outcome;
  }
}
