import type { Host, Hosts } from '../hosts/hosts.js';
import { isDeleted, type Volume } from './volume.js';

export interface ZoneWish {
  readonly app: string;
  readonly name: string;
  /** Only hosts that hold no volume of this name; without it such hosts are preferred, but others do as well. */
  readonly requireUniqueZone: boolean;
  /** Volumes of any name of the app count. */
  readonly uniqueZoneAppWide: boolean;
}

/** The first region that has a host for it. Undefined when none has. */
export function placeVolume(
  hosts: Hosts,
  regions: readonly string[],
  wish: ZoneWish,
  volumes: readonly Volume[],
): Host | undefined {
  const near = volumes.filter((volume) => isToBeApart(wish, volume));
  const apart = (host: Host) => near.every((volume) => volume.host !== host.id);
  for (const region of regions) {
    const host = hosts.place(region, apart) ?? (wish.requireUniqueZone ? undefined : hosts.place(region));
    if (host !== undefined) return host;
  }
  return undefined;
}

function isToBeApart(wish: ZoneWish, volume: Volume): boolean {
  if (volume.app !== wish.app || isDeleted(volume)) return false;
  return wish.uniqueZoneAppWide || volume.name === wish.name;
}
