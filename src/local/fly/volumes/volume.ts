import type { StateCourse } from './states.js';

/** What is known of a volume; times in milliseconds since the epoch. */
export interface Volume {
  readonly id: string;
  readonly app: string;
  /** A label: any number of volumes may bear the same. */
  readonly name: string;
  readonly region: string;
  /** The host under it, for life. */
  readonly host: string;
  readonly sizeGb: number;
  readonly encrypted: boolean;
  readonly fstype: 'ext4' | 'raw';
  /** Days for which its snapshots are kept. */
  readonly snapshotRetention: number;
  readonly autoBackup: boolean;
  readonly createdAtMs: number;
  /** When somebody last changed it. Its state may have changed by itself since. */
  readonly changedAtMs: number;
  readonly course: StateCourse;
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
