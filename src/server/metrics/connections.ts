import type { Connections } from '../connections.js';
import { readingsOf, type Shown } from './shown.js';

/** Of the public port: what is open, and what was not let stay. */
export function showConnections(shown: Shown, connections: Pick<Connections, 'open' | 'dropped' | 'cut'>): void {
  shown.gauge('valet_connections', 'Open connections of the public port.', () => connections.open);
  shown.counters(
    'valet_connections_refused_total',
    'Connections of the public port that were turned away because there were too many, or cut because nothing was read.',
    ['reason'],
    () => readingsOf({ full: connections.dropped, unread: connections.cut }, (reason) => ({ reason })),
  );
}
