import { assertEnvironment, environmentHeader } from '../../sdk/environment-name.js';
import type { Api, ApiParts } from './types.js';

/**
 * An operator who names another environment has come to the wrong place, and is refused before the body is read. Only an
 * operator: nobody else learns the name of this one.
 */
export function refuseOtherEnvironments(api: Api, { environment, auth }: Pick<ApiParts, 'environment' | 'auth'>): void {
  // After the route's own check of who it is, which is an onRequest hook.
  api.addHook('preParsing', async (request) => {
    const { authorization, [environmentHeader]: meant } = request.headers;
    if (meant === undefined || request.routeOptions.schema?.security === undefined) return;
    if (auth.isOperator(authorization)) assertEnvironment(String(meant), environment);
  });
}
