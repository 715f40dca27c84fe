import { z } from 'zod';
import type { FlyCall } from '../calls.js';
import { timingNames } from '../pace/pace.js';
import { paceNames } from '../pace/profiles.js';
import { type ControlRoute, objectIn, readInput } from './router.js';
import type { ControlSources } from './sources.js';
import { unconfirmedSchema } from './unconfirmed-input.js';
import { viewClock, viewPace, viewRateLimits } from './view.js';

const maxAdvanceMs = 366 * 24 * 3_600_000;
const ms = z.number().min(0).max(maxAdvanceMs);

const clockOrder = z.union(
  [
    z.strictObject({ hold: z.literal(true) }),
    z.strictObject({ release: z.literal(true) }),
    z.strictObject({ advance_ms: ms }),
  ],
  'Say {"hold": true}, {"release": true} or {"advance_ms": N}, one at a time.',
);

/** How time passes, how long things take, how often one may call, and what nobody knows of Fly. */
export function settingRoutes(sources: ControlSources): readonly ControlRoute[] {
  const { clock, pace, rateLimits, unconfirmed } = sources;
  return [
    {
      method: 'POST',
      path: '/clock',
      handle: async ({ bodyText }) => {
        const order = readInput(clockOrder, objectIn(bodyText));
        if ('hold' in order) clock.hold();
        else if ('release' in order) clock.release();
        else await clock.advance(order.advance_ms);
        return viewClock(clock);
      },
    },
    {
      method: 'POST',
      path: '/pace',
      handle: ({ bodyText }) => {
        const { profile, timings, answers } = readInput(paceOrder(sources.calls), objectIn(bodyText));
        if (profile !== undefined) pace.use(profile);
        pace.set(timings);
        pace.setAnswers(answers);
        return viewPace(pace);
      },
    },
    {
      method: 'POST',
      path: '/rate-limits',
      handle: ({ bodyText }) => {
        const { on } = readInput(z.strictObject({ on: z.boolean() }), objectIn(bodyText));
        if (on) rateLimits.on();
        else rateLimits.off();
        return viewRateLimits(rateLimits);
      },
    },
    {
      method: 'POST',
      path: '/unconfirmed',
      handle: ({ bodyText }) => {
        unconfirmed.set(readInput(unconfirmedSchema, objectIn(bodyText)));
        return unconfirmed.now;
      },
    },
  ];
}

function paceOrder(calls: readonly FlyCall[]) {
  return z.strictObject({
    profile: z.exactOptional(z.enum(paceNames)),
    timings: z.partialRecord(z.enum(timingNames), ms).default({}),
    answers: z.partialRecord(z.enum([...calls, '*' as const]), ms).default({}),
  });
}
