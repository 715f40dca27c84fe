import type { Router } from '../../sdk/routing/router.js';
import { readingsOf, type Shown } from './shown.js';

export function showRouting(shown: Shown, router: Pick<Router, 'counts' | 'load'>): void {
  const { counts } = router;
  shown.counters('valet_requests_total', 'Requests that the router answered, by its decision.', ['decision'], () =>
    readingsOf(counts.decided, (decision) => ({ decision })),
  );
  shown.gauge('valet_held_requests', 'Requests that wait for their project now.', () => router.load.held);
  shown.counters('valet_route_cache_total', 'What became of looks into the route cache.', ['result'], () =>
    readingsOf(counts.cache, (result) => ({ result })),
  );
  shown.gauges('valet_route_cache_entries', 'Routes in memory.', ['kind'], () => {
    const { cachedRoutes, cachedUnknown } = router.load;
    return readingsOf({ project: cachedRoutes, unknown: cachedUnknown }, (kind) => ({ kind }));
  });
  shown.counter('valet_route_reads_total', 'Statements that read or renewed routes.', () => counts.reads.statements);
  shown.counter('valet_route_read_ids_total', 'Ids in those statements.', () => counts.reads.ids);
  shown.gauge('valet_route_reads_pending', 'Routes that are being read now.', () => router.load.pendingReads);
  shown.gauge(
    'valet_activity_pending',
    'Uses of projects that are not yet written.',
    () => router.load.pendingActivity,
  );
  shown.gauge('valet_routes_degraded', 'Whether routes are served from memory because the database is away.', () =>
    Number(router.load.degraded),
  );
}
