import { z } from 'zod';
import { machineGuest } from './guest.js';
import { hostStatus, machineId, snapshotId, time, volumeId, whole } from './values.js';

export const volumeState = z.enum([
  'creating',
  'created',
  'extending',
  'restoring',
  'enabling_remote_export',
  'hydrating',
  'recovering',
  'scheduling_destroy',
  'pending_destroy',
  'fork_cleanup',
  'waiting_for_detach',
  'destroying',
  'destroyed',
]);

const volumeFields = {
  id: volumeId,
  name: z.string(),
  state: volumeState,
  size_gb: whole,
  region: z.string(),
  zone: z.exactOptional(z.string()),
  encrypted: z.exactOptional(z.boolean()),
  fstype: z.exactOptional(z.string()),
  attached_machine_id: z.exactOptional(machineId.nullable()),
  attached_alloc_id: z.exactOptional(z.string().nullable()),
  created_at: time,
  blocks: z.exactOptional(whole),
  block_size: z.exactOptional(whole),
  blocks_free: z.exactOptional(whole),
  blocks_avail: z.exactOptional(whole),
  bytes_used: z.exactOptional(whole),
  bytes_total: z.exactOptional(whole),
  snapshot_retention: z.exactOptional(whole.nullable()),
  auto_backup_enabled: z.exactOptional(z.boolean()),
  host_status: z.exactOptional(hostStatus),
  host_dedication_id: z.exactOptional(z.string()),
  type: z.exactOptional(z.enum(['local', 'cache'])),
};

export const volume = z.strictObject(volumeFields);

/** As the organisation's list shows it. */
export const orgVolume = z.strictObject({ ...volumeFields, app_name: z.string(), updated_at: time });

export const createVolumeRequest = z.strictObject({
  name: z.string(),
  region: z.exactOptional(z.string()),
  size_gb: z.exactOptional(whole),
  encrypted: z.exactOptional(z.boolean()),
  fstype: z.exactOptional(z.enum(['ext4', 'raw'])),
  require_unique_zone: z.exactOptional(z.boolean()),
  unique_zone_app_wide: z.exactOptional(z.boolean()),
  snapshot_retention: z.exactOptional(whole),
  auto_backup_enabled: z.exactOptional(z.boolean()),
  snapshot_id: z.exactOptional(z.string()),
  source_volume_id: z.exactOptional(z.string()),
  compute: z.exactOptional(machineGuest),
  compute_image: z.exactOptional(z.string()),
});

export const updateVolumeRequest = z.strictObject({
  snapshot_retention: z.exactOptional(whole),
  auto_backup_enabled: z.exactOptional(z.boolean()),
});

export const extendVolumeRequest = z.strictObject({ size_gb: whole });
export const extendVolumeAnswer = z.strictObject({ volume, needs_restart: z.boolean() });

export const snapshot = z.strictObject({
  id: snapshotId,
  size: z.exactOptional(whole),
  volume_size: z.exactOptional(whole),
  digest: z.exactOptional(z.string()),
  created_at: time,
  status: z.exactOptional(z.string()),
  retention_days: z.exactOptional(whole.nullable()),
});
