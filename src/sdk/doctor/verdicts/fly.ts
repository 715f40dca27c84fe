import { failure, ok, skipped, type Verdict, warning } from '../finding.js';

export type FlyAnswer<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly tookMs: number }
  | { readonly kind: 'refused'; readonly status: number; readonly text: string; readonly tookMs: number }
  | { readonly kind: 'silent'; readonly reason: string };

/** fly.io/docs/machines/api: the two addresses of the real service. */
const realHosts: readonly string[] = ['api.machines.dev', '_api.internal'];
/** The first call counts, with its connection. */
const slowMs = 5_000;

export function judgeApi(apiUrl: string, answer: FlyAnswer<unknown>): Verdict {
  if (answer.kind === 'silent') {
    return failure(
      `The Machines API at ${apiUrl} gives no usable answer: ${answer.reason}.`,
      'Check VALET_FLY_API_URL and the network; status.flyio.net tells of outages.',
    );
  }
  if (answer.kind === 'refused' && answer.status >= 500) {
    return failure(
      `The Machines API answers ${answer.status}: ${answer.text}.`,
      'Wait: status.flyio.net tells of outages.',
    );
  }
  if (answer.kind === 'refused' && answer.status === 429) {
    return warning(
      `The Machines API answers, but refuses for now: too many calls.`,
      'Look for what else uses the token, and ask again in a minute.',
    );
  }
  const took = `${Math.round(answer.tookMs)} ms`;
  // A look at an app that is not there can take seconds before its 404.
  if (answer.tookMs < slowMs || answer.kind === 'refused') return ok(`${apiUrl} answers within ${took}.`);
  return warning(
    `${apiUrl} answers slowly, after ${took}.`,
    'Try from nearer to Fly; status.flyio.net tells of trouble.',
  );
}

export function judgeToken(app: string, answer: FlyAnswer<unknown>): Verdict {
  const refused = answer.kind === 'refused' && answer.status === 401;
  if (!refused) return ok('The token is accepted.');
  return failure(
    'The token is refused: it has expired, was revoked, or is no token of Fly’s.',
    `Make a new one with "fly tokens create deploy -a ${app}" and set VALET_FLY_TOKEN to all that it prints.`,
  );
}

export function judgeApp(app: string, answer: FlyAnswer<unknown>): Verdict {
  if (answer.kind === 'answered') return ok(`App ${app} exists, and the token is for it.`);
  const status = answer.kind === 'refused' ? answer.status : 0;
  if (status === 403) {
    return failure(
      `The token is not for app ${app}, which may also be somebody else's.`,
      `Set VALET_FLY_APP to your own app, or make a token for it: "fly tokens create deploy -a ${app}".`,
    );
  }
  if (status === 404) {
    return failure(`There is no app ${app}.`, `Create it with "fly apps create ${app}", or correct VALET_FLY_APP.`);
  }
  return failure(`Fly does not say whether app ${app} exists: ${whyOf(answer)}.`, 'Ask again in a moment.');
}

export function judgeMachineList(answer: FlyAnswer<readonly unknown[]>): Verdict {
  if (answer.kind === 'answered') {
    return ok(
      `The token may read the app's machines: there are ${answer.value.length}. What it may write, only writing shows.`,
    );
  }
  return failure(
    `The token may not list the app's machines: ${whyOf(answer)}.`,
    'Make one that may manage the app: "fly tokens create deploy".',
  );
}

export function judgeRateLimit(apiUrl: string, rateLimit: 'on' | 'off'): Verdict {
  const real = realHosts.includes(URL.parse(apiUrl)?.hostname ?? '');
  if (rateLimit === 'on') return ok('Calls keep to the rate limits of Fly.');
  if (!real) return ok('Calls keep to no rate limits, as is right for an emulator that has none.');
  return failure(
    'VALET_FLY_RATE_LIMIT is off on the real API, which then refuses calls that come too fast.',
    'Unset VALET_FLY_RATE_LIMIT.',
  );
}

export interface RegionFacts {
  readonly known: FlyAnswer<readonly { readonly code: string; readonly deprecated?: boolean | undefined }[]>;
  /** How many machines of the configured size there is room for, by region; regions that are full may be left out. */
  readonly room: FlyAnswer<readonly { readonly region: string; readonly count: number }[]>;
}

export function judgeRegions(regions: readonly string[], { known, room }: RegionFacts): Verdict {
  if (known.kind !== 'answered') return skipped(`Fly does not tell its regions: ${whyOf(known)}.`);
  const choose = 'Choose another for VALET_FLY_REGION and WARM_POOL_SIZE: "fly platform regions" lists them.';
  const missing = regions.filter((region) => !known.value.some(({ code }) => code === region));
  if (missing.length > 0) return failure(`Fly has no region ${missing.join(', ')}.`, choose);
  const ending = regions.filter((region) => known.value.some(({ code, deprecated }) => code === region && deprecated));
  if (ending.length > 0) return warning(`Fly is giving up region ${ending.join(', ')}.`, choose);
  const listed = regions.join(', ');
  if (room.kind !== 'answered') return ok(`Fly has ${listed}; whether there is room it does not say.`);
  const full = regions.filter((region) => !room.value.some(({ region: at, count }) => at === region && count > 0));
  if (full.length === 0) return ok(`Fly has ${listed}, with room for this size.`);
  return warning(
    `Fly sees no room for this size in ${full.join(', ')} now; it is a hint, nothing is reserved.`,
    choose,
  );
}

function whyOf(answer: FlyAnswer<unknown>): string {
  if (answer.kind === 'refused') return `it answers ${answer.status} (${answer.text})`;
  return answer.kind === 'silent' ? answer.reason : 'its answer is of no use';
}
