import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ValetError } from '../sdk/errors.js';
import type { Router } from '../sdk/routing/router.js';
import type { Connections } from './connections.js';
import type { Dispatch } from './dispatch.js';
import type { InFlight } from './in-flight.js';
import { closeListener, endConnections, stopAccepting } from './listener.js';
import type { Loops } from './loops.js';

export interface ShutdownParts {
  readonly server: Server;
  readonly connections: Pick<Connections, 'open'>;
  readonly readiness: Server;
  readonly dispatch: Dispatch;
  readonly inFlight: InFlight;
  readonly loops: Loops;
  readonly router: Router;
  readonly log: Logger;
  readonly noticeMs: number;
  readonly drainMs: number;
}

/** For those who were told to give up to say so. */
const giveUpMs = 1_000;
const loopsStopMs = 10_000;

/**
 * From the outside in: notice, no new requests, the open ones, the loops, what is unwritten, and readiness last.
 *
 * During the notice each answer ends its connection. A connection that is closed as soon as it is idle may have the
 * next request on its way already, which would then meet nobody.
 */
export async function shutDown(parts: ShutdownParts): Promise<void> {
  const { server, connections, readiness, dispatch, inFlight, loops, router, log } = parts;
  log.info({ in_flight: inFlight.count, held: router.held }, 'stopping');
  dispatch.endKeepAlive();
  inFlight.endKeepAlive();
  if (connections.open > 0) await sleep(parts.noticeMs);
  const closed = stopAccepting(server);
  await inFlight.drained(parts.drainMs);
  if (inFlight.count > 0) {
    log.warn({ in_flight: inFlight.count }, 'requests did not finish in time');
    inFlight.abortAll(new ValetError('overloaded', 'This instance is stopping.', { retryAfterSecs: 1 }));
    await inFlight.drained(giveUpMs);
  }
  await endConnections(server, closed, giveUpMs);
  dispatch.close();
  await loops.stop(loopsStopMs);
  await router.close();
  await closeListener(readiness, giveUpMs);
  log.info('stopped');
}
