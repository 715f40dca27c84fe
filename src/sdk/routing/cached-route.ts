import type { ProjectId } from '../projects/project-id.js';
import { type Decision, decide, plainFacts } from './decide.js';
import type { Replay } from './outcome.js';
import type { ProjectView } from './ports.js';
import { type ReplaySettings, replayHeader } from './replay-header.js';

/** A project as it was read, with everything that a request needs worked out once. Times are monotonic milliseconds. */
export interface CachedRoute {
  readonly id: ProjectId;
  readonly view: ProjectView | undefined;
  /** For a request that is nothing special. */
  readonly decision: Decision;
  readonly replay: Replay | undefined;
  /** When the read began, so that age is never understated. */
  readonly readAtMs: number;
  /** The last use that the row is known to have; moves when the row was touched since. */
  usedAtMs: number;
}

export function cachedRoute(
  id: ProjectId,
  view: ProjectView | undefined,
  readAtMs: number,
  settings: ReplaySettings,
): CachedRoute {
  const decision = decide(id, view, plainFacts);
  const replay: Replay | undefined =
    decision.kind === 'replay' ? { kind: 'replay', header: replayHeader(decision.machine, settings) } : undefined;
  return { id, view, decision, replay, readAtMs, usedAtMs: readAtMs - (view?.idleSecs ?? 0) * 1000 };
}
