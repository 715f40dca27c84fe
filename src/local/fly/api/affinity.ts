import type { UnconfirmedAnswers } from '../unconfirmed.js';
import type { Route } from './router.js';

/**
 * The cookie that leads a caller's reads of the app to the node that took its write. One node answers everything here,
 * so it changes nothing. Source: github.com/superfly/fly-go, flaps.
 */
export function affinityCookie(method: string, app: string, sent: boolean): Readonly<Record<string, string>> {
  if (!sent || method === 'GET') return {};
  return { 'set-cookie': `fly_flaps_affinity=emulator; Path=/v1/apps/${encodeURIComponent(app)}; HttpOnly` };
}

/** The route, with the cookie in the answers to its writes. */
export function withAffinity(route: Route, unconfirmed: UnconfirmedAnswers): Route {
  return {
    ...route,
    handle: async (request) => {
      const answer = await route.handle(request);
      const { app } = request.params;
      if (app === undefined) return answer;
      const cookie = affinityCookie(route.method, app, unconfirmed.now.affinityCookie === 'sent');
      return { ...answer, headers: { ...cookie, ...answer.headers } };
    },
  };
}
