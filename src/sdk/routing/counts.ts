import type { DecisionKind } from './decide.js';
import type { RouteOutcome } from './outcome.js';

/** What the router keeps and what waits in it, now. */
export interface RoutingLoad {
  /** Requests that wait for their project. */
  readonly held: number;
  readonly cachedRoutes: number;
  /** Ids that are remembered because they are nobody's. */
  readonly cachedUnknown: number;
  readonly pendingReads: number;
  /** Uses that are not yet written. */
  readonly pendingActivity: number;
  /** The database does not answer, and routes are served from memory (G9). */
  readonly degraded: boolean;
}

/** What the router has done, as plain numbers: adding one costs next to nothing, and whoever shows them reads them. */
export class RoutingCounts {
  /** Answers by decision, in requests. */
  readonly decided = {
    replay: 0,
    /** Held, then replayed. */
    held: 0,
    asleep: 0,
    returned: 0,
    not_found: 0,
    invalid: 0,
    refused: 0,
    gone: 0,
  };
  /** Looks into the cache. `stale`: served past its time because the database was away (G9). */
  readonly cache = { hit: 0, miss: 0, stale: 0, dropped: 0 };
  /** Reads and renewals of routes: statements, and the ids in them. */
  readonly reads = { statements: 0, ids: 0 };
}

/** Under which name an answer is counted. Without a decision, none was come to. */
export function countedAs(outcome: RouteOutcome, decision?: DecisionKind): keyof RoutingCounts['decided'] {
  if (outcome.kind === 'replay') return decision === 'replay' ? 'replay' : 'held';
  if (outcome.kind !== 'refuse') return outcome.kind;
  if (decision === 'observe' || decision === 'wait') return 'returned';
  return decision === 'not_found' ? 'not_found' : 'refused';
}
