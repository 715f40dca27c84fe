import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import type { Hosts } from '../hosts/hosts.js';
import { newVolumeId } from '../ids.js';
import { refusals } from '../refusal.js';
import type { FlyTimings } from '../timings.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { copyFolder } from './folder.js';
import { placeVolume, type ZoneWish } from './placement.js';
import { VolumeRecords } from './records.js';
import {
  courseOfCreation,
  courseOfDeletion,
  courseOfExtension,
  courseOfMigrated,
  isMountable,
  stateAt,
  type VolumeOrigin,
} from './states.js';
import { holderOf, isDeleted, type Volume } from './volume.js';

export interface NewVolume
  extends ZoneWish,
    Pick<Volume, 'sizeGb' | 'encrypted' | 'fstype' | 'snapshotRetention' | 'autoBackup'> {
  /** Any of them, the first that has room. */
  readonly regions: readonly string[];
  /** Whose data it begins with; empty without. */
  readonly source: { readonly kind: Exclude<VolumeOrigin, 'empty'>; readonly dir: string } | undefined;
}

export interface VolumesContext {
  readonly dir: string;
  readonly pace: { readonly timings: FlyTimings };
  readonly clock: Clock;
  readonly hosts: Hosts;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** All volumes: folders that outlive their machines and go when they are deleted. */
export class Volumes {
  readonly #records: VolumeRecords;
  readonly #context: VolumesContext;

  constructor(context: VolumesContext) {
    this.#context = context;
    this.#records = new VolumeRecords(context.clock);
  }

  /** @throws FlyRefusal 409 when none of its regions has room */
  async create(request: NewVolume): Promise<Volume> {
    const { regions, source, requireUniqueZone, uniqueZoneAppWide, ...rest } = request;
    const host = placeVolume(this.#context.hosts, regions, request, this.#records.all());
    if (host === undefined) throw refusals.regionFullForVolume();
    const { id, dir } = await this.#newFolder(source?.dir);
    const nowMs = this.#nowMs();
    return this.#records.add({
      ...rest,
      id,
      dir,
      region: host.region,
      host: host.id,
      createdAtMs: nowMs,
      changedAtMs: nowMs,
      course: courseOfCreation(source?.kind ?? 'empty', this.#timings, nowMs),
      boundTo: undefined,
      boundUntilMs: undefined,
      goneAtMs: undefined,
    });
  }

  /** Deleted ones are among them for a while. */
  list(app: string): readonly Volume[] {
    return this.#records.all().filter((volume) => volume.app === app);
  }

  /** @throws FlyRefusal 404 */
  get(app: string, id: string): Volume {
    return this.#records.get(app, id);
  }

  /** Whatever its app. */
  find(id: string): Volume | undefined {
    return this.#records.find(id);
  }

  dirOf(id: string): string | undefined {
    return this.#records.find(id)?.dir;
  }

  /**
   * The volume, for a machine that is about to be created on it.
   * @throws FlyRefusal 400 when there is none, 412 when another machine holds it or it is not ready
   */
  claimable(app: string, id: string): Volume {
    const volume = this.#records.find(id);
    if (volume?.app !== app || isDeleted(volume)) throw refusals.unknownVolume();
    const holder = holderOf(volume, this.#nowMs());
    if (holder !== undefined) throw refusals.volumeClaimed(this.#claimantShown(volume, holder));
    const state = stateAt(volume.course, this.#nowMs());
    if (!isMountable(state)) throw refusals.failedPrecondition(`volume ${id} cannot be mounted, it is ${state}`);
    return volume;
  }

  bind(volume: Volume, machineId: string): void {
    this.#records.change(volume, { boundTo: machineId, boundUntilMs: undefined });
  }

  /** The machine is destroyed: the binding ends a while later. */
  release(id: string): void {
    const volume = this.#records.find(id);
    const boundUntilMs = this.#nowMs() + this.#timings.volumeUnbindMs;
    if (volume !== undefined) this.#records.change(volume, { boundUntilMs });
  }

  /** @throws FlyRefusal 404 */
  update(app: string, id: string, change: Partial<Pick<Volume, 'snapshotRetention' | 'autoBackup'>>): Volume {
    return this.#records.change(this.#records.living(app, id), change);
  }

  /** @throws FlyRefusal 404, 400 when it would not grow, 503 when its host cannot be reached */
  extend(app: string, id: string, sizeGb: number): Volume {
    const volume = this.reachable(app, id);
    if (sizeGb <= volume.sizeGb) throw refusals.invalid(`volume can only grow, it has ${volume.sizeGb} GB`);
    return this.#records.change(volume, { sizeGb, course: courseOfExtension(this.#timings, this.#nowMs()) });
  }

  /**
   * One that was not deleted and whose data can be got at.
   * @throws FlyRefusal 404, 503 when its host cannot be reached
   */
  reachable(app: string, id: string): Volume {
    const volume = this.#records.living(app, id);
    if (!this.#context.hosts.get(volume.host).reachable) throw refusals.hostUnreachable();
    return volume;
  }

  /** The data goes at once, the volume is shown for a while. @throws FlyRefusal 404, or 412 while it is bound */
  async delete(app: string, id: string): Promise<Volume> {
    const volume = this.get(app, id);
    if (isDeleted(volume)) return volume;
    const holder = holderOf(volume, this.#nowMs());
    if (holder !== undefined) throw refusals.volumeBound(holder);
    return this.#destroy(volume);
  }

  /** Bound or not: the app goes. */
  async deleteAll(app: string): Promise<void> {
    await Promise.all(
      this.list(app)
        .filter((volume) => !isDeleted(volume))
        .map((volume) => this.#destroy(volume)),
    );
  }

  /**
   * Takes the data to another host of the region, as Fly does when it empties a host: a new volume with a new id and
   * the old one's holder; the old one is pending_destroy. Nothing may write to it meanwhile.
   * @throws FlyRefusal 409 when no other host has room, 503 when the host cannot be reached
   */
  async migrate(id: string): Promise<Volume> {
    const app = this.find(id)?.app;
    if (app === undefined) throw refusals.notFound('volume');
    const { region, host: oldHost, dir } = this.reachable(app, id);
    const host = this.#context.hosts.place(region, (other) => other.id !== oldHost);
    if (host === undefined) throw refusals.regionFullForVolume();
    const folder = await this.#newFolder(dir);
    // Its machine may have been destroyed during the copy.
    const old = this.reachable(app, id);
    const nowMs = this.#nowMs();
    const course = courseOfCreation('fork', this.#timings, nowMs);
    const moved = this.#records.add({
      ...old,
      ...folder,
      host: host.id,
      createdAtMs: nowMs,
      changedAtMs: nowMs,
      course,
    });
    const goneAtMs = nowMs + this.#timings.volumeMigratedPendingMs;
    this.#records.change(old, { course: courseOfMigrated, boundTo: undefined, boundUntilMs: undefined, goneAtMs });
    return moved;
  }

  get #timings(): FlyTimings {
    return this.#context.pace.timings;
  }

  #nowMs(): number {
    return this.#context.clock.nowMs();
  }

  /** Just after its holder was destroyed the id in the refusal has been seen to be all NUL characters. */
  #claimantShown(volume: Volume, holder: string): string {
    const isDead = volume.boundUntilMs !== undefined;
    return isDead && this.#context.unconfirmed.now.deadClaimant === 'nul' ? '\0'.repeat(holder.length) : holder;
  }

  async #newFolder(source: string | undefined): Promise<{ id: string; dir: string }> {
    const id = newVolumeId();
    const dir = join(this.#context.dir, 'volumes', id);
    if (source === undefined) await mkdir(dir, { recursive: true });
    else await copyFolder(source, dir);
    return { id, dir };
  }

  async #destroy(volume: Volume): Promise<Volume> {
    const nowMs = this.#nowMs();
    const { volumeScheduleDestroyMs, volumePendingDestroyMs } = this.#timings;
    const goneAtMs = nowMs + volumeScheduleDestroyMs + volumePendingDestroyMs;
    const course = courseOfDeletion(this.#timings, nowMs);
    const deleted = this.#records.change(volume, { course, boundTo: undefined, boundUntilMs: undefined, goneAtMs });
    await rm(volume.dir, { recursive: true, force: true });
    return deleted;
  }
}
