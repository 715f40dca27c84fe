import type { FlyVolume } from '../../../sdk/fly/wire.js';

/** What is known of a volume; times in milliseconds since the epoch. */
export interface Volume {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  readonly region: string;
  /** The host under it, for life. */
  readonly host: string;
  readonly sizeGb: number;
  readonly encrypted: boolean;
  readonly snapshotRetention: number;
  readonly createdAtMs: number;
  readonly dir: string;
  readonly boundTo: string | undefined;
  /** When the binding ends; undefined while its machine lives. */
  readonly boundUntilMs: number | undefined;
  /** When it stops being shown; undefined while it was not deleted. */
  readonly goneAtMs: number | undefined;
}

/** The machine that holds the volume, which outlasts that machine for a while. */
export function holderOf(volume: Volume, nowMs: number): string | undefined {
  return volume.boundUntilMs === undefined || nowMs < volume.boundUntilMs ? volume.boundTo : undefined;
}

export function isDeleted(volume: Volume): boolean {
  return volume.goneAtMs !== undefined;
}

export function isGone(volume: Volume, nowMs: number): boolean {
  return volume.goneAtMs !== undefined && nowMs >= volume.goneAtMs;
}

const blockSize = 4096;

/** Source: fly.io/docs/machines/api/volumes-resource. */
export function viewVolume(volume: Volume, nowMs: number): FlyVolume & Readonly<Record<string, unknown>> {
  const bytes = volume.sizeGb * 1024 ** 3;
  return {
    id: volume.id,
    name: volume.name,
    state: isDeleted(volume) ? 'pending_destroy' : 'created',
    size_gb: volume.sizeGb,
    region: volume.region,
    zone: volume.host,
    encrypted: volume.encrypted,
    fstype: 'ext4',
    attached_machine_id: holderOf(volume, nowMs) ?? null,
    attached_alloc_id: null,
    created_at: new Date(volume.createdAtMs).toISOString(),
    blocks: bytes / blockSize,
    block_size: blockSize,
    snapshot_retention: volume.snapshotRetention,
    auto_backup_enabled: true,
    host_status: 'ok',
    type: 'local',
  };
}
