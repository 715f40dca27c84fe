import type { AppResources } from '../apps/resources.js';
import type { Tokens } from './access.js';
import { type AppSources, appRoutes } from './app-routes.js';
import { ipRoutes } from './ip-routes.js';
import { type OrgSources, orgRoutes } from './org-routes.js';
import { platformRoutes } from './platform-routes.js';
import { policyRoutes } from './policy-routes.js';
import type { Route } from './router.js';
import { secretRoutes } from './secret-routes.js';
import { type SnapshotSources, snapshotRoutes } from './snapshot-routes.js';
import { tokenRoutes } from './token-routes.js';
import { type VolumeSources, volumeRoutes } from './volume-routes.js';
import { volumeViewer } from './volume-viewer.js';

export interface ResourceSources
  extends AppSources,
    SnapshotSources,
    Omit<VolumeSources, 'viewer'>,
    Omit<OrgSources, 'viewer'> {
  readonly resources: AppResources;
  readonly tokens: Tokens;
}

/** Everything but machines. */
export function resourceRoutes(platform: ResourceSources): readonly Route[] {
  const { resources, tokens, orgs, clock, hosts } = platform;
  const sources = { ...platform, viewer: volumeViewer(clock, hosts) };
  return [
    ...volumeRoutes(sources),
    ...snapshotRoutes(sources),
    ...appRoutes(sources),
    ...tokenRoutes(tokens),
    ...ipRoutes(resources.ips, orgs),
    ...secretRoutes(resources.secrets),
    ...policyRoutes(resources.policies),
    ...orgRoutes(sources),
    ...platformRoutes(sources),
  ];
}
