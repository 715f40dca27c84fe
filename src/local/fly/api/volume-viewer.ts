import type { Clock } from '../../clock.js';
import { folderBytes } from '../folder.js';
import type { Hosts } from '../hosts/hosts.js';
import { summariseVolume, viewSpace } from '../volumes/view.js';
import type { Volume } from '../volumes/volume.js';

/** A volume on the wire, as it is now. */
export interface VolumeViewer {
  summary(volume: Volume): ReturnType<typeof summariseVolume>;
  /** With the space on it, measured. */
  whole(volume: Volume): Promise<ReturnType<typeof summariseVolume>>;
}

export function volumeViewer(clock: Clock, hosts: Hosts): VolumeViewer {
  const summary: VolumeViewer['summary'] = (volume) =>
    summariseVolume(volume, { nowMs: clock.nowMs(), hostReachable: hosts.get(volume.host).reachable });
  return {
    summary,
    whole: async (volume) => ({ ...summary(volume), ...viewSpace(volume, await folderBytes(volume.dir)) }),
  };
}
