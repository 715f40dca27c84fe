import type { Cause, Correlation } from './correlation.js';

/** Who causes something: a person through an operator's call, somebody's request, or a standing duty. */
export type ActorKind =
  | 'operator'
  | 'request'
  | 'sweep'
  | 'recover'
  | 'observe'
  | 'retire'
  | 'replenish'
  | 'orphans'
  | 'prune';

/** Says whose doing something is, at the moment when it is done. */
export type Actor = () => string;

/** Of a request's id no more is kept, and nothing but these: whoever asks may have chosen it. */
const maxRequestIdChars = 100;
const strange = /[^\w.-]/g;

/** As events name them: what it was, of which request, and on which instance. */
export function actorOf(kind: ActorKind, instance: string, cause?: Cause): string {
  if (cause?.kind !== 'request') return `${kind}@${instance}`;
  return `${kind}:${cause.id.replace(strange, '_').slice(0, maxRequestIdChars)}@${instance}`;
}

/** Those whose doings come of requests, which are then named with them. */
export function actorsOf(instance: string, correlation: Pick<Correlation, 'cause'>): (kind: ActorKind) => Actor {
  return (kind) => () => actorOf(kind, instance, correlation.cause);
}
