import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Actor } from '../actor.js';
import type { ArchivingTable } from '../database/archiving.js';
import type { ProjectRow, ProjectTable } from '../database/projects.js';
import type { WakingTable } from '../database/waking.js';
import { codeOf, ValetError } from '../errors.js';
import type { ProjectView, RouteChanges, RouteSource, Waker } from '../routing/ports.js';
import type { Running } from '../running.js';
import type { ProjectId } from './project-id.js';
import type { WakeJourney } from './wake.js';
import { type WakeDecision, wakeDecision } from './wake-decision.js';

export interface WakerParts {
  readonly projects: Pick<ProjectTable, 'find'>;
  readonly waking: Pick<WakingTable, 'beginWake'>;
  readonly archiving: Pick<ArchivingTable, 'requestWake'>;
  readonly routes: Pick<RouteSource, 'readAll'>;
  readonly changes: RouteChanges;
  readonly journey: WakeJourney;
  /** Aborts the wakes of this instance when it closes, which puts their projects back to sleep for another to wake. */
  readonly running: Running;
  readonly owner: string;
  readonly actor: Actor;
}

/** Each holds a machine claim and a download; more at once would only make all of them slower. */
const maxConcurrentWakes = 20;
/** Projects that are waited for at once on this instance; the callers of one count once. */
const maxWatched = 2_000;
/** News can be lost; looking again this often bounds what that costs. */
const pollMs = 500;
/** A wake is never watched for longer than a transition can last. */
const maxWatchMs = 15 * 60_000;

/**
 * Everybody who wants a project awake, on one instance: they share one watch over its row, and the first to find it
 * dormant begins the wake. A caller that gives up leaves the others and the wake alone.
 */
export class ProjectWaker implements Waker {
  readonly #parts: WakerParts;
  readonly #watched = new Map<ProjectId, Promise<ProjectView>>();
  readonly #limit: LimitFunction = pLimit(maxConcurrentWakes);

  constructor(parts: WakerParts) {
    this.#parts = parts;
  }

  /** Projects that are waited for, wakes under way, and wakes that wait for their turn. */
  get load(): { readonly watched: number; readonly running: number; readonly queued: number } {
    return { watched: this.#watched.size, running: this.#limit.activeCount, queued: this.#limit.pendingCount };
  }

  async awake(
    id: ProjectId,
    options: { readonly signal?: AbortSignal; readonly timeoutMs: number },
  ): Promise<ProjectView> {
    options.signal?.throwIfAborted();
    const watch = this.#watched.get(id) ?? this.#begin(id);
    return withinTime(watch, id, options);
  }

  #begin(id: ProjectId): Promise<ProjectView> {
    if (this.#watched.size >= maxWatched) throw overloaded();
    const watch = this.#parts.running
      .start((signal) => this.#watch(id, signal))
      .finally(() => this.#watched.delete(id));
    // Every caller may have given up by the time it fails.
    watch.catch(() => undefined);
    this.#watched.set(id, watch);
    return watch;
  }

  async #watch(id: ProjectId, closing: AbortSignal): Promise<ProjectView> {
    using news = newsOf(this.#parts.changes, id);
    const deadline = performance.now() + maxWatchMs;
    while (performance.now() < deadline) {
      closing.throwIfAborted();
      news.forget();
      const project = await this.#parts.projects.find(id);
      const decision = wakeDecision(project);
      if (decision.kind === 'awake') {
        const [view] = await this.#parts.routes.readAll([id]);
        if (view?.state === 'active') return view;
      }
      if (await this.#act(id, decision, project, closing)) continue;
      await news.next(pollMs, closing);
    }
    throw timedOut(id);
  }

  /** True when something was done, so that it is worth looking again at once. */
  async #act(
    id: ProjectId,
    decision: WakeDecision,
    project: ProjectRow | undefined,
    closing: AbortSignal,
  ): Promise<boolean> {
    refuseIfHopeless(id, decision);
    if (decision.kind === 'request') await this.#parts.archiving.requestWake(id);
    if (decision.kind !== 'begin' || !project) return false;
    return this.#limit(() => this.#wake(project, closing));
  }

  /** False when another instance was first. Begun only when there is room, since from then on a deadline runs. */
  async #wake(project: ProjectRow, closing: AbortSignal): Promise<boolean> {
    const begun = await this.#parts.waking.beginWake(project, this.#parts.owner, this.#parts.actor());
    if (!begun) return false;
    try {
      await this.#parts.journey.run(begun, closing);
    } catch (error) {
      // Taken over by another instance: those who wait here go on waiting for its outcome (G5).
      if (codeOf(error) !== 'state_changed') throw error;
    }
    return true;
  }
}

function refuseIfHopeless(id: ProjectId, decision: WakeDecision): void {
  switch (decision.kind) {
    case 'unknown':
      throw new ValetError('project_not_found', `There is no project "${id}".`);
    case 'deleted':
      throw new ValetError('project_deleted', `Project "${id}" was deleted.`);
    case 'lost':
      throw new ValetError('project_lost', `Project "${id}" has lost its machine and its volume.`, {
        hint: `It is not woken from older data by itself: see "valet explain ${id}", then "valet projects restore ${id}".`,
      });
    case 'back_off':
      throw new ValetError('wake_failed', `Project "${id}" could not be woken a moment ago.`, {
        hint: `It is tried again in ${decision.retryAfterSecs} seconds at the earliest.`,
        retryAfterSecs: decision.retryAfterSecs,
      });
  }
}

/** Remembers news between looking and waiting, so that none falls in the gap. */
function newsOf(changes: RouteChanges, id: ProjectId) {
  let heard = Promise.withResolvers<void>();
  const stop = changes.subscribe({
    changed: (changedId) => {
      if (changedId === id) heard.resolve();
    },
    reset: () => heard.resolve(),
  });
  return {
    forget: () => {
      heard = Promise.withResolvers<void>();
    },
    next: async (timeoutMs: number, signal: AbortSignal) => {
      const done = new AbortController();
      const either = AbortSignal.any([done.signal, signal]);
      await Promise.race([heard.promise, sleep(timeoutMs, undefined, { signal: either }).catch(() => undefined)]);
      done.abort();
    },
    [Symbol.dispose]: stop,
  };
}

async function withinTime(
  watch: Promise<ProjectView>,
  id: ProjectId,
  options: { readonly signal?: AbortSignal; readonly timeoutMs: number },
): Promise<ProjectView> {
  const over = new AbortController();
  const signal = options.signal ? AbortSignal.any([over.signal, options.signal]) : over.signal;
  const tooLong = sleep(options.timeoutMs, undefined, { signal }).then(
    () => {
      throw timedOut(id);
    },
    () => {
      options.signal?.throwIfAborted();
      return watch;
    },
  );
  try {
    return await Promise.race([watch, tooLong]);
  } finally {
    over.abort();
    tooLong.catch(() => undefined);
  }
}

function timedOut(id: ProjectId): ValetError {
  return new ValetError('wake_timeout', `Project "${id}" is not awake yet.`, {
    hint: 'It is still being woken; ask again.',
    retryAfterSecs: 2,
  });
}

/** The random delay spreads those who come back. */
function overloaded(): ValetError {
  return new ValetError('overloaded', 'Too many projects are being woken here at once.', {
    retryAfterSecs: randomInt(1, 6),
  });
}
