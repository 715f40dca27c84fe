import { type Check, checksWith } from '../check.js';
import type { Probes } from '../probes.js';
import { judgePresigned, judgeStore } from '../verdicts/store.js';

/** The S3 client asks three times by itself, and is large to load. */
const timeoutMs = 15_000;

export function storeChecks({ store }: Probes): Check[] {
  return checksWith('r2', store, [
    {
      name: 'store',
      timeoutMs,
      run: async ({ store: probe, place }, signal) => judgeStore(place, await probe.direct(signal)),
    },
    {
      name: 'store_presigned',
      needs: ['store'],
      timeoutMs,
      run: async ({ store: probe, place }, signal) => judgePresigned(place, await probe.presigned(signal)),
    },
  ]);
}
