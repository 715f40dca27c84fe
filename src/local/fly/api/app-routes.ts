import type { App, Apps } from '../apps/apps.js';
import type { MachineRegistry } from '../machines/registry.js';
import { nearestRegion, regions } from '../regions.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { isDeleted } from '../volumes/volume.js';
import type { Volumes } from '../volumes/volumes.js';
import { type ApiAnswer, param, type Route } from './router.js';

export interface AppSources {
  readonly apps: Apps;
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** Apps to look at. Source: fly.io/docs/machines/api/apps-resource. */
export function appRoutes(sources: AppSources): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/apps/:app',
      call: 'get_app',
      handle: (request) => ({ status: 200, body: viewApp(sources, sources.apps.get(param(request, 'app'))) }),
    },
    {
      method: 'GET',
      path: '/platform/regions',
      call: 'list_regions',
      handle: () => listRegions(sources.unconfirmed.now.regionKeys === 'capitals'),
    },
  ];
}

function viewApp({ registry, volumes }: AppSources, app: App): unknown {
  const machineCount = registry.list(app.name, { includeDeleted: false }).length;
  return {
    id: app.name,
    name: app.name,
    status: machineCount > 0 ? 'deployed' : 'pending',
    network: app.network,
    machine_count: machineCount,
    volume_count: volumes.list(app.name).filter((volume) => !isDeleted(volume)).length,
    organization: { name: app.org, slug: app.org },
    internal_numeric_id: 1,
  };
}

function listRegions(capitals: boolean): ApiAnswer {
  const list = regions.map((region) => ({ ...region, gateway_available: true, requires_paid_plan: false }));
  const body = capitals ? { Nearest: nearestRegion, Regions: list } : { nearest: nearestRegion, regions: list };
  return { status: 200, body };
}
