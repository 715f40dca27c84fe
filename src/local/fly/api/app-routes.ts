import type { MachineRegistry } from '../machines/registry.js';
import { nearestRegion, regions } from '../regions.js';
import { isDeleted } from '../volumes/volume.js';
import type { Volumes } from '../volumes/volumes.js';
import { type ApiAnswer, param, type Route } from './router.js';

export interface AppSources {
  readonly org: string;
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
}

/** Apps exist from the start; they are neither made nor deleted here. */
export function appRoutes(sources: AppSources): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/apps/:app',
      call: 'get_app',
      handle: (request) => ({ status: 200, body: viewApp(sources, param(request, 'app')) }),
    },
    { method: 'GET', path: '/platform/regions', call: 'list_regions', handle: listRegions },
  ];
}

function viewApp({ org, registry, volumes }: AppSources, name: string): unknown {
  const machineCount = registry.list(name, { includeDeleted: false }).length;
  return {
    id: name,
    name,
    status: machineCount > 0 ? 'deployed' : 'pending',
    network: 'default',
    machine_count: machineCount,
    volume_count: volumes.list(name).filter((volume) => !isDeleted(volume)).length,
    organization: { name: org, slug: org },
    internal_numeric_id: 1,
  };
}

/** The live keys begin with capitals, other than the published document says. */
function listRegions(): ApiAnswer {
  const body = {
    Nearest: nearestRegion,
    Regions: regions.map((region) => ({ ...region, gateway_available: true, requires_paid_plan: false })),
  };
  return { status: 200, body };
}
