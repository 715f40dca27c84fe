import type { Route } from '../resources.js';
import { cachedRoute } from './cached-route.js';
import { explainNoProject, explainRoute, parseSubject } from './explain.js';
import type { RouteSource } from './ports.js';
import type { ReplaySettings } from './replay-header.js';

export interface LookUpParts {
  readonly source: Pick<RouteSource, 'readAll'>;
  readonly routerDomain: string | undefined;
  readonly replay: ReplaySettings;
}

/** The router's decision for a host or an id, from the row as it is now and without a router running. */
export async function lookUpRoute(hostOrId: string, parts: LookUpParts): Promise<Route> {
  const subject = parseSubject(hostOrId, parts.routerDomain);
  if (subject.kind !== 'project') return explainNoProject(subject);
  const [view] = await parts.source.readAll([subject.id]);
  return explainRoute(cachedRoute(subject.id, view, performance.now(), parts.replay));
}
