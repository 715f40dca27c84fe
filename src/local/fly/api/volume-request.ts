import { z } from 'zod';
import { refusals } from '../refusal.js';
import { nearestRegion, regionsOf } from '../regions.js';
import type { NewVolume } from '../volumes/maker.js';
import { computeSchema } from './compute.js';
import { optional, optionalText } from './optional.js';

const maxSizeGb = 500;
const defaultSizeGb = 3;
const sizeGb = z.int().min(1).max(maxSizeGb);
const retentionDays = z.int().min(1).max(60);

export const createVolumeSchema = z.object({
  name: z.string().regex(/^[a-z0-9_]{1,30}$/, 'only lowercase letters, digits and underscores, at most 30'),
  region: optionalText(z.string()),
  size_gb: optional(sizeGb),
  encrypted: optional(z.boolean()),
  fstype: optionalText(z.enum(['ext4', 'raw'])),
  require_unique_zone: optional(z.boolean()),
  unique_zone_app_wide: optional(z.boolean()),
  snapshot_retention: optional(retentionDays),
  auto_backup_enabled: optional(z.boolean()),
  snapshot_id: optionalText(z.string()),
  source_volume_id: optionalText(z.string()),
  // Only looked at: a host here is full or not, whatever is put on it.
  compute: optional(computeSchema),
  compute_image: optionalText(z.string()),
});

export const updateVolumeSchema = z.object({
  snapshot_retention: optional(retentionDays),
  auto_backup_enabled: optional(z.boolean()),
});

export const extendVolumeSchema = z.object({ size_gb: sizeGb });

export type CreateVolumeBody = z.infer<typeof createVolumeSchema>;

/** The volume or snapshot whose data the new one begins with. */
export interface VolumeSource {
  readonly kind: 'snapshot' | 'fork';
  readonly dir: string;
  readonly sizeGb: number;
  readonly region: string | undefined;
}

/** @throws FlyRefusal 400 for what no volume can be */
export function volumeOrder(app: string, body: CreateVolumeBody, source: VolumeSource | undefined): NewVolume {
  const regions = regionsOf(body.region ?? source?.region ?? nearestRegion);
  if (regions.length === 0) throw refusals.invalid(`unknown region ${body.region}`);
  return {
    app,
    regions,
    name: body.name,
    sizeGb: sizeOf(body, source),
    encrypted: body.encrypted ?? true,
    fstype: body.fstype ?? 'ext4',
    snapshotRetention: body.snapshot_retention ?? 5,
    autoBackup: body.auto_backup_enabled ?? true,
    // Fly's default is true. With the few hosts here that would refuse the third volume of a name, so it has to be asked for.
    requireUniqueZone: body.require_unique_zone ?? false,
    uniqueZoneAppWide: body.unique_zone_app_wide ?? false,
    source,
  };
}

function sizeOf(body: CreateVolumeBody, source: VolumeSource | undefined): number {
  const size = body.size_gb ?? source?.sizeGb ?? defaultSizeGb;
  if (source !== undefined && size < source.sizeGb) {
    throw refusals.invalid(`size_gb must be at least that of its source, ${source.sizeGb} GB`);
  }
  return size;
}
