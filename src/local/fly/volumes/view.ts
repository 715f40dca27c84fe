import type { FlyVolume } from '../../../sdk/fly/wire.js';
import { stateAt } from './states.js';
import { holderOf, type Volume } from './volume.js';

/** What of a volume is not in its record. */
export interface VolumeSurroundings {
  readonly nowMs: number;
  readonly hostReachable: boolean;
}

type Shown = Readonly<Record<string, unknown>>;

/** A volume on the wire, without what must be measured. Source: fly.io/docs/machines/api/volumes-resource. */
export function summariseVolume(volume: Volume, { nowMs, hostReachable }: VolumeSurroundings): FlyVolume & Shown {
  return {
    id: volume.id,
    name: volume.name,
    state: stateAt(volume.course, nowMs),
    size_gb: volume.sizeGb,
    region: volume.region,
    zone: volume.host,
    encrypted: volume.encrypted,
    attached_machine_id: holderOf(volume, nowMs) ?? null,
    // Of the platform before machines; never set since.
    attached_alloc_id: null,
    created_at: new Date(volume.createdAtMs).toISOString(),
    fstype: volume.fstype,
    snapshot_retention: volume.snapshotRetention,
    auto_backup_enabled: volume.autoBackup,
    host_status: hostReachable ? 'ok' : 'unreachable',
    type: 'local',
  };
}

const blockSize = 4096;
/** ext4 keeps a twentieth back for root. */
const reservedShare = 0.05;

/** How full it is, from the bytes that its folder really holds. */
export function viewSpace(volume: Volume, usedBytes: number): Shown {
  const totalBytes = volume.sizeGb * 1024 ** 3;
  const blocks = totalBytes / blockSize;
  const free = Math.max(0, blocks - Math.ceil(usedBytes / blockSize));
  return {
    blocks,
    block_size: blockSize,
    blocks_free: free,
    blocks_avail: Math.max(0, free - Math.ceil(blocks * reservedShare)),
    bytes_used: usedBytes,
    bytes_total: totalBytes,
  };
}
