import type { ProjectId } from '../projects/project-id.js';
import { decide, plainFacts } from './decide.js';
import type { Replay } from './outcome.js';
import type { ProjectView } from './ports.js';
import { type ReplaySettings, replayHeader } from './replay-header.js';

/** However much longer it was: two hours call for all that a longer time would. */
const longIdleMs = 7_200_000;

/**
 * A project as it was read, with what most requests need worked out once. There is one for each project in use, so it
 * holds nothing that can be made again. Times are monotonic milliseconds and whole numbers, which V8 keeps inside of the
 * object: a fraction would be an object of its own, to be looked up with each request.
 */
export interface CachedRoute {
  readonly id: ProjectId;
  readonly view: ProjectView | undefined;
  /** The answer to a request that is nothing special. */
  readonly replay: Replay | undefined;
  /** When the read began, so that age is never understated; moves when it was found still to be true. */
  readAtMs: number;
  /** The last use that the row is known to have; moves when the row was touched since. */
  usedAtMs: number;
  /** When a use was last noted, to be written; moves with the uses. */
  notedAtMs: number;
  /** Somebody asks whether it is still true. */
  isRenewing: boolean;
}

export function cachedRoute(
  asked: ProjectId,
  view: ProjectView | undefined,
  readAtMs: number,
  settings: ReplaySettings,
): CachedRoute {
  // The id that was asked for may be a piece of a request's text, and would keep all of that.
  const id = view?.id ?? asked;
  const decision = decide(id, view, plainFacts);
  const replay: Replay | undefined =
    decision.kind === 'replay' ? { kind: 'replay', header: replayHeader(decision.machine, settings) } : undefined;
  const idleMs = Math.min(Math.round((view?.idleSecs ?? 0) * 1000), longIdleMs);
  const readAt = Math.floor(readAtMs);
  const times = { readAtMs: readAt, usedAtMs: readAt - idleMs, notedAtMs: readAt - longIdleMs };
  return { id, view, replay, ...times, isRenewing: false };
}
