import { expect } from 'vitest';
import { z } from 'zod';
import type { Stage } from '../../support/contract/stage.js';
import { shown } from './replies.js';

const eventsIn = z.array(
  z.looseObject({ type: z.string(), status: z.string(), source: z.string(), timestamp: z.number() }),
);

/** As many as there are, newest first. */
export async function eventsOf(stage: Stage, id: string): Promise<z.infer<typeof eventsIn>> {
  const reply = await stage.call('GET', `/machines/${id}/events?limit=50`);
  expect(reply.status, shown(reply)).toBe(200);
  return eventsIn.parse(reply.body);
}

/** How often it came up. */
export async function startsOf(stage: Stage, id: string): Promise<number> {
  return (await eventsOf(stage, id)).filter(({ type, status }) => type === 'start' && status === 'started').length;
}
