import { ValetError } from '../errors.js';

/** So many places are tried for one machine; after that, Fly has no room for it just now. */
export const maxPlaces = 3;

/**
 * Where a machine is tried next when Fly had no room for it; undefined: nowhere. A full host does not mean a full
 * region: with a new volume, which may land on another host, the same region is tried once more.
 *
 * @param tried regions so far, the latest last
 * @param regions in the order of preference
 */
export function nextRegion(error: unknown, tried: readonly string[], regions: readonly string[]): string | undefined {
  const advice = error instanceof ValetError && error.code === 'fly_failed' ? error.details?.advice : undefined;
  const isFull = advice === 'retry-elsewhere-host' || advice === 'retry-elsewhere-region';
  if (!isFull || tried.length >= maxPlaces) return undefined;
  const latest = tried.at(-1);
  const isFirstThere = tried.filter((region) => region === latest).length === 1;
  if (advice === 'retry-elsewhere-host' && isFirstThere) return latest;
  return regions.find((region) => !tried.includes(region));
}
