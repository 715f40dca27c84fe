import type { Serving } from '../../sdk/serving.js';
import type { InFlight } from '../in-flight.js';
import { readingsOf, type Shown } from './shown.js';

/** What is under way and what waits, inside this instance. */
export function showQueues(
  shown: Shown,
  serving: Pick<Serving, 'load' | 'changes'>,
  inFlight: Pick<InFlight, 'count'>,
): void {
  shown.gauge(
    'valet_requests_in_flight',
    'Requests that are being worked on, held ones included.',
    () => inFlight.count,
  );
  shown.gauges(
    'valet_wakes',
    'Projects that somebody waits for, wakes under way, wakes that wait for room.',
    ['state'],
    () => {
      const { watched, running, queued } = serving.load().waker;
      return readingsOf({ watched, running, queued }, (state) => ({ state }));
    },
  );
  shown.gauge(
    'valet_fly_waiting_calls',
    "Calls that wait for their turn under Fly's rate limits now.",
    () => serving.load().flyWaiting,
  );
  shown.gauges('valet_database_connections', 'Connections of the database pool.', ['state'], () => {
    const { busy, idle } = serving.load().database;
    return readingsOf({ busy, idle }, (state) => ({ state }));
  });
  shown.gauge(
    'valet_database_waiting',
    'Statements that wait for a connection.',
    () => serving.load().database.waiting,
  );
  shown.gauge('valet_listen_healthy', 'Whether news of changes arrives by LISTEN.', () =>
    Number(serving.changes.healthy),
  );
}
