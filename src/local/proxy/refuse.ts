import type { ProxyUnconfirmed } from '../fly/proxy-unconfirmed.js';
import type { Failure, Leg } from './replay/leg.js';

/** The end of a request that nobody answers: `why` is for the log, led by Fly's error code. */
export interface Refused {
  readonly kind: 'refuse';
  readonly why: string;
  readonly status: number;
  readonly body: string;
}

export function refuse(why: string, body = '', status = 502): Refused {
  return { kind: 'refuse', why, status, body };
}

/**
 * An empty 502 for a dead target was seen live, 503 is documented where machines are at their hard limit, and 503 was
 * seen where nothing runs and nothing may be started. Sources: fly.io/docs/reference/load-balancing, error-codes, PR03 and PA04
 */
export function refuseUnreachable(
  failure: Failure,
  leg: Leg,
  knownApp: boolean,
  unconfirmed: Readonly<ProxyUnconfirmed>,
): Refused {
  const target = leg.wish.instance ?? leg.wish.preferInstance ?? 'any';
  const obstacle = failure.obstacle === undefined ? '' : `, ${obstacles[failure.obstacle]}`;
  const after = `${failure.reason} after ${Math.round(failure.elapsedMs)} ms${obstacle}`;
  const why = `[${knownApp ? 'PR03' : 'PA04'}] app ${leg.app}, instance ${target}: ${after}`;
  if (failure.obstacle === undefined) return refuse(why);
  return refuse(why, '', failure.obstacle === 'full' ? 503 : unconfirmed.stoppedWithoutAutostart);
}

const obstacles = { full: 'at the hard limit', resting: 'not running and not to be started by the proxy' };
