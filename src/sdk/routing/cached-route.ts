import type { ProjectId } from '../projects/project-id.js';
import { type Destination, destinationOf } from './decide.js';
import type { Replay } from './outcome.js';
import type { ProjectView } from './ports.js';
import { type ReplaySettings, replayHeader } from './replay-header.js';

/** A project as it was read, with everything that a request needs worked out once. Times are monotonic milliseconds. */
export interface CachedRoute {
  readonly id: ProjectId;
  readonly view: ProjectView | undefined;
  readonly destination: Destination;
  readonly replay: Replay | undefined;
  /** When the read began, so that age is never understated. */
  readonly readAtMs: number;
  /** The last use that the row is known to have; moves when the row was touched since. */
  usedAtMs: number;
  /** When a use was last noted, to be written; moves with the uses. */
  notedAtMs: number;
}

export function cachedRoute(
  id: ProjectId,
  view: ProjectView | undefined,
  readAtMs: number,
  settings: ReplaySettings,
): CachedRoute {
  const destination = destinationOf(id, view);
  const replay: Replay | undefined =
    destination.kind === 'replay' ? { kind: 'replay', header: replayHeader(destination.machine, settings) } : undefined;
  const usedAtMs = readAtMs - (view?.idleSecs ?? 0) * 1000;
  return { id, view, destination, replay, readAtMs, usedAtMs, notedAtMs: Number.NEGATIVE_INFINITY };
}
