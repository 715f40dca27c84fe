import type { Host, Hosts } from '../hosts/hosts.js';
import { refusals } from '../refusal.js';
import { regionsOf } from '../regions.js';
import type { Volume } from '../volumes/volume.js';

/**
 * Where a new machine goes: to its volume, which never leaves its host by itself, or to the first of the wished regions
 * that has room.
 * @throws FlyRefusal 400 unknown region, 412 the volume's host is full, 422 no region has room, 503 the
 * volume's host cannot be reached
 */
export function placeMachine(hosts: Hosts, region: string | undefined, volume: Volume | undefined): Host {
  const wanted = regionsOf(region ?? volume?.region);
  if (wanted.length === 0) throw refusals.invalid(`unknown region ${region}`);
  return volume === undefined ? placeAnywhere(hosts, wanted) : placeOn(hosts, volume, wanted);
}

function placeOn(hosts: Hosts, volume: Volume, wanted: readonly string[]): Host {
  if (!wanted.includes(volume.region)) {
    throw refusals.invalid(`volume ${volume.id} is in region ${volume.region}, not in ${wanted.join(', ')}`);
  }
  const host = hosts.get(volume.host);
  if (!host.reachable) throw refusals.hostUnreachable(host.id);
  if (host.full) throw refusals.hostFullForVolume(volume.id);
  return host;
}

function placeAnywhere(hosts: Hosts, wanted: readonly string[]): Host {
  for (const region of wanted) {
    const host = hosts.place(region);
    if (host !== undefined) return host;
  }
  throw refusals.regionFull();
}
