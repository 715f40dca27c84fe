import { expect } from 'vitest';
import { z } from 'zod';
import type { Reply } from '../../support/contract/caller.js';

const errorIn = z.looseObject({ error: z.string(), status: z.string().optional() });

export function expectOk(reply: Reply): void {
  expect(reply.status, shown(reply)).toBeLessThan(300);
}

/** Expects a refusal with this status, or one of these, and hands over what it says. */
export function refusal(reply: Reply, status: number | readonly number[], text?: RegExp): z.infer<typeof errorIn> {
  expect([status].flat(), shown(reply)).toContain(reply.status);
  const body = errorIn.parse(reply.body);
  if (text !== undefined) expect(body.error).toMatch(text);
  return body;
}

export function shown(reply: Reply): string {
  return `${reply.status} ${JSON.stringify(reply.body)}`;
}
