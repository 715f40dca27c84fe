import { expect } from 'vitest';
import { z } from 'zod';
import type { Stage } from '../../support/contract/stage.js';
import { leaseData } from '../../support/published/lease.js';
import { shown } from './replies.js';

export type SeenLease = z.infer<typeof leaseData>;

const leaseIn = z.looseObject({ data: z.looseObject(leaseData.shape) });

/** Takes the lease of a machine. */
export async function lease(stage: Stage, id: string, request?: object, headers = {}): Promise<SeenLease> {
  const reply = await stage.call('POST', `/machines/${id}/lease`, request, headers);
  expect(reply.status, shown(reply)).toBe(201);
  return leaseIn.parse(reply.body).data;
}

/** The header that whoever holds the lease sends. */
export const holding = (nonce: string) => ({ 'fly-machine-lease-nonce': nonce });
