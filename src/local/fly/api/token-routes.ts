import { z } from 'zod';
import { parseDurationMs } from '../machines/duration.js';
import { refusals } from '../refusal.js';
import type { Tokens } from './access.js';
import { parseBody } from './body.js';
import { optionalText } from './optional.js';
import { param, type Route } from './router.js';

const deployTokenSchema = z.object({ expiry: optionalText(z.string()) });

/** As the vendor's tool does by default: twenty years. */
const defaultExpiry = '175200h';

/** Tokens for one app, which may also mint their own successors. */
export function tokenRoutes(tokens: Tokens): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/apps/:app/deploy_token',
      call: 'create_deploy_token',
      handle: (request) => {
        const { expiry = defaultExpiry } = parseBody(deployTokenSchema, request.bodyText);
        const lifetimeMs = parseDurationMs(expiry);
        if (lifetimeMs === undefined) throw refusals.invalid(`time: invalid duration "${expiry}"`);
        return { status: 200, body: { token: tokens.mint(param(request, 'app'), lifetimeMs) } };
      },
    },
  ];
}
