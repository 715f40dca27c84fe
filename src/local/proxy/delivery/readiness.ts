import type { HostedMachine } from '../../fly/machine-host.js';

/** Whether a machine takes requests. Source: fly.io/docs/reference/load-balancing */
export type Readiness =
  | 'ready'
  /** At or over its soft limit: taken when nothing else is. */
  | 'busy'
  /** At or over its hard limit: nothing new until something ends. */
  | 'full'
  /** The proxy may start it. */
  | 'asleep'
  /** Only others may start it: autostart is off. */
  | 'resting'
  /** It offers nothing on the ports that this proxy stands for. */
  | 'closed';

/** "a service on the same public port as the request": fly.io/docs/networking/dynamic-request-routing */
const publicPorts: ReadonlySet<number> = new Set([80, 443]);

/** `load`: its open requests. `fallingAsleep`: it may still say that it is started. */
export function readinessOf(
  { state, service }: Pick<HostedMachine, 'state' | 'service'>,
  load: number,
  fallingAsleep: boolean,
): Readiness {
  if (service === undefined || !service.publicPorts.some((port) => publicPorts.has(port))) return 'closed';
  const { softLimit, hardLimit } = service.concurrency;
  if (hardLimit !== undefined && load >= hardLimit) return 'full';
  if (state === 'started' && !fallingAsleep) return load >= softLimit ? 'busy' : 'ready';
  return service.autostart ? 'asleep' : 'resting';
}
