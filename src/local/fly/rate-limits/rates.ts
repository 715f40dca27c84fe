import type { Caller } from '../api/access.js';
import type { RouteMatch } from '../api/router.js';
import type { FlyCall } from '../calls.js';
import type { Rate } from './bucket.js';

/** Per action and machine or app. Source: fly.io/docs/machines/api/working-with-machines-api. */
const usual: Rate = { perSecond: 1, burst: 3 };
const others: ReadonlyMap<FlyCall, Rate> = new Map<FlyCall, Rate>([
  ['get_machine', { perSecond: 5, burst: 10 }],
  // 100 a minute; the burst is not published.
  ['delete_app', { perSecond: 100 / 60, burst: 100 }],
]);

export function rateOf(call: FlyCall): Rate {
  return others.get(call) ?? usual;
}

/** Whose limit a call counts against: the machine's, else the app's, else the organisation's; so do all app deletions. */
export function subjectOf({ route, params }: RouteMatch, org: string): string {
  if (route.path.startsWith('/apps/:app/machines/:id')) return `${params.app}/${params.id}`;
  return route.call !== 'delete_app' && params.app !== undefined ? params.app : `org ${org}`;
}

/** What comes over a machine's own socket does not pass the doors at which the API counts. */
export function isCounted(caller: Caller): boolean {
  return caller.kind === 'org' || caller.viaSocket !== true;
}
