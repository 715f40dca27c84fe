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

/** As events name them: what it was and on which instance. */
export function actorOf(kind: ActorKind, instance: string): string {
  return `${kind}@${instance}`;
}
