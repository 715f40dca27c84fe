import type { Host } from '../hosts/hosts.js';
import { isDeleted, type Volume } from './volume.js';

export interface ZoneWish {
  readonly app: string;
  readonly name: string;
  /** Only hosts that hold no volume of this name; without it such hosts are preferred, but others do as well. */
  readonly requireUniqueZone: boolean;
  /** Volumes of any name of the app count. */
  readonly uniqueZoneAppWide: boolean;
}

/** Says of a host whether it holds nothing that the new volume should be apart from. */
export function isApart(wish: ZoneWish, volumes: readonly Volume[]): (host: Host) => boolean {
  const near = volumes.filter(
    (volume) => volume.app === wish.app && !isDeleted(volume) && (wish.uniqueZoneAppWide || volume.name === wish.name),
  );
  const taken = new Set(near.map((volume) => volume.host));
  return (host) => !taken.has(host.id);
}

export interface PlacesVolumes {
  place(region: string, suits?: (host: Host) => boolean): Host | undefined;
}

/** The first region that has a host for it. Undefined when none has. */
export function placeVolume(
  hosts: PlacesVolumes,
  regions: readonly string[],
  wish: ZoneWish,
  volumes: readonly Volume[],
): Host | undefined {
  const apart = isApart(wish, volumes);
  for (const region of regions) {
    const host = hosts.place(region, apart) ?? (wish.requireUniqueZone ? undefined : hosts.place(region));
    if (host !== undefined) return host;
  }
  return undefined;
}
