import type { IncomingMessage, RequestListener } from 'node:http';
import { readBody } from '../api/body.js';
import { listenerOf } from '../api/listener.js';
import type { Outcome } from '../api/outcome.js';
import { matchRoute } from '../api/router.js';
import { refusals } from '../refusal.js';
import { faultRoutes } from './fault-routes.js';
import { machineControlRoutes } from './machine-routes.js';
import { placeRoutes } from './place-routes.js';
import { reset } from './reset.js';
import { type ControlRoute, notThere } from './router.js';
import { settingRoutes } from './setting-routes.js';
import type { ControlSources } from './sources.js';
import { viewEmulator } from './view.js';

const prefix = '/_emulator';

export function isControl(url: string | undefined): boolean {
  return url !== undefined && /^\/_emulator(?:[/?]|$)/.test(url);
}

/**
 * The emulator's own API: what a test tells it to do and not to do. It takes the emulator's token alone, and neither
 * faults nor rate limits nor the pace touch it.
 */
export function createControlHandler(
  sources: ControlSources,
  token: string,
  onLog: (line: string) => void,
): RequestListener {
  const routes = controlRoutes(sources);
  return listenerOf((request) => perform(routes, token, request), onLog);
}

async function perform(routes: readonly ControlRoute[], token: string, request: IncomingMessage): Promise<Outcome> {
  if (request.headers.authorization !== `Bearer ${token}`) throw refusals.badToken();
  const bodyText = await readBody(request);
  const { method = 'GET', url = '' } = request;
  const path = url.split('?')[0]?.slice(prefix.length).replace(/\/$/, '') ?? '';
  const match = matchRoute(routes, method, path);
  if (match === undefined) {
    const known = routes.map((route) => `${route.method} ${prefix}${route.path}`).join(', ');
    throw notThere(`The emulator has no control ${method} ${prefix}${path}; it has ${known}.`);
  }
  const body = await match.route.handle({ params: match.params, bodyText });
  return { kind: 'answer', answer: { status: 200, body } };
}

function controlRoutes(sources: ControlSources): readonly ControlRoute[] {
  return [
    { method: 'GET', path: '', handle: () => viewEmulator(sources) },
    ...faultRoutes(sources.faults, sources.calls),
    ...settingRoutes(sources),
    ...placeRoutes(sources.hosts),
    ...machineControlRoutes(sources),
    {
      method: 'POST',
      path: '/reset',
      handle: () => {
        reset(sources);
        return viewEmulator(sources);
      },
    },
  ];
}
