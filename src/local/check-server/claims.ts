import type { Claim } from './claim.js';
import { archiveClaims } from './claims/archive.js';
import { arrivalClaims } from './claims/arrival.js';
import { configureClaims } from './claims/configure.js';
import { edgeClaims } from './claims/edges.js';
import { quiescedClaims } from './claims/quiesced.js';
import { restoreClaims } from './claims/restore.js';

/** Every claim, by its id. Ids are stable: scripts may look for them. */
export const claims = {
  ...arrivalClaims,
  ...configureClaims,
  ...archiveClaims,
  ...quiescedClaims,
  ...restoreClaims,
  ...edgeClaims,
} as const satisfies Readonly<Record<string, Claim>>;

export type ClaimId = keyof typeof claims;

export function claimIds(): readonly ClaimId[] {
  return Object.keys(claims).filter(isClaimId);
}

function isClaimId(id: string): id is ClaimId {
  return Object.hasOwn(claims, id);
}
