import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import { folderBytes, removeFolder } from '../folder.js';
import { newSnapshotId } from '../ids.js';
import { refusals } from '../refusal.js';
import type { Pacing } from '../timings.js';
import type { Copies } from './copies.js';
import type { Volume } from './volume.js';

export interface Snapshot {
  readonly id: string;
  readonly app: string;
  readonly volumeId: string;
  readonly sizeBytes: number;
  /** Of the right shape, and of nothing: it is only there to be shown. */
  readonly digest: string;
  readonly volumeSizeGb: number;
  readonly createdAtMs: number;
  /** Until then it waits. */
  readonly runsAtMs: number;
  readonly completeAtMs: number;
  readonly retentionDays: number;
  readonly dir: string;
}

export interface SnapshotsContext {
  readonly dir: string;
  readonly pace: Pacing;
  readonly clock: Clock;
  readonly copies: Copies;
}

const dayMs = 24 * 3600 * 1000;

/** A bound of ours on what a loop could fill the disk with. */
const maxPerVolume = 100;

/** Copies of volumes' folders. They outlive their volume and end with their retention. */
export class Snapshots {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #context: SnapshotsContext;

  constructor(context: SnapshotsContext) {
    this.#context = context;
  }

  /** The retention is the volume's of this moment; a later change of it counts for later snapshots only. */
  async take(volume: Volume): Promise<Snapshot> {
    await this.#dropExpired();
    if (this.list(volume.id).length >= maxPerVolume) {
      throw refusals.failedPrecondition(`a volume has ${maxPerVolume} snapshots at most here`);
    }
    const id = newSnapshotId();
    const dir = join(this.#context.dir, 'snapshots', id);
    await this.#context.copies.make(volume.dir, dir);
    const createdAtMs = this.#context.clock.nowMs();
    const runsAtMs = createdAtMs + this.#context.pace.ms('snapshotWaitMs');
    const snapshot: Snapshot = {
      id,
      app: volume.app,
      volumeId: volume.id,
      sizeBytes: await folderBytes(dir),
      digest: `${randomBytes(16).toString('hex')}-1`,
      volumeSizeGb: volume.sizeGb,
      createdAtMs,
      runsAtMs,
      completeAtMs: runsAtMs + this.#context.pace.ms('snapshotRunMs'),
      retentionDays: volume.snapshotRetention,
      dir,
    };
    this.#snapshots.set(id, snapshot);
    return snapshot;
  }

  /** Newest last. */
  list(volumeId: string): readonly Snapshot[] {
    return [...this.#snapshots.values()].filter(
      (snapshot) => snapshot.volumeId === volumeId && !this.#isExpired(snapshot),
    );
  }

  /** Undefined also when its retention is over, or when it is not complete yet. */
  usable(id: string): Snapshot | undefined {
    const snapshot = this.#snapshots.get(id);
    if (snapshot === undefined || this.#isExpired(snapshot)) return undefined;
    return this.statusOf(snapshot) === 'created' ? snapshot : undefined;
  }

  /** Source: fly.io/docs/volumes/snapshots. */
  statusOf(snapshot: Snapshot): 'waiting' | 'running' | 'created' {
    const nowMs = this.#context.clock.nowMs();
    if (nowMs < snapshot.runsAtMs) return 'waiting';
    return nowMs < snapshot.completeAtMs ? 'running' : 'created';
  }

  #isExpired(snapshot: Snapshot): boolean {
    return this.#context.clock.nowMs() >= snapshot.createdAtMs + snapshot.retentionDays * dayMs;
  }

  async #dropExpired(): Promise<void> {
    const expired = [...this.#snapshots.values()].filter((snapshot) => this.#isExpired(snapshot));
    for (const { id, dir } of expired) {
      this.#snapshots.delete(id);
      await removeFolder(dir);
    }
  }
}
