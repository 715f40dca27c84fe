import type { MachineRegistry } from '../machines/registry.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { withAffinity } from './affinity.js';
import { machineActionRoutes } from './machine-action-routes.js';
import { MachineCalls } from './machine-calls.js';
import { machineInsideRoutes } from './machine-inside-routes.js';
import { machineLeaseRoutes } from './machine-lease-routes.js';
import { machineRoutes } from './machine-routes.js';
import { metadataRoutes } from './metadata-routes.js';
import { type ResourceSources, resourceRoutes } from './resource-routes.js';
import type { Route } from './router.js';

export interface RouteSources extends ResourceSources {
  readonly registry: MachineRegistry;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** The whole Machines API. */
export function allRoutes(platform: RouteSources): readonly Route[] {
  const { registry, unconfirmed } = platform;
  const calls = new MachineCalls(registry, unconfirmed);
  return [
    ...machineRoutes(registry, calls, unconfirmed),
    ...machineActionRoutes(calls, unconfirmed),
    ...machineInsideRoutes(calls, unconfirmed),
    ...machineLeaseRoutes(calls, unconfirmed),
    ...metadataRoutes(calls, unconfirmed),
    ...resourceRoutes(platform),
  ].map((route) => withAffinity(route, unconfirmed));
}
