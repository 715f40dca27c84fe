import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import type { Hosts } from '../hosts/hosts.js';
import { newVolumeId } from '../ids.js';
import { refusals } from '../refusal.js';
import type { FlyTimings } from '../timings.js';
import { holderOf, isDeleted, isGone, type Volume } from './volume.js';

export interface NewVolume {
  readonly app: string;
  readonly name: string;
  /** Any of them, the first that has room. */
  readonly regions: readonly string[];
  readonly sizeGb: number;
  readonly encrypted: boolean;
  readonly snapshotRetention: number;
}

export interface VolumesContext {
  readonly dir: string;
  readonly pace: { readonly timings: FlyTimings };
  readonly clock: Clock;
  readonly hosts: Hosts;
}

/** All volumes: folders that outlive their machines and go when they are deleted. */
export class Volumes {
  readonly #volumes = new Map<string, Volume>();
  readonly #context: VolumesContext;

  constructor(context: VolumesContext) {
    this.#context = context;
  }

  /** @throws FlyRefusal 409 when none of its regions has room */
  async create({ regions, ...request }: NewVolume): Promise<Volume> {
    const host = regions.map((region) => this.#context.hosts.place(region)).find((found) => found !== undefined);
    if (host === undefined) throw refusals.regionFullForVolume();
    const id = newVolumeId();
    const dir = join(this.#context.dir, 'volumes', id);
    await mkdir(dir, { recursive: true });
    return this.#keep({
      ...request,
      id,
      region: host.region,
      host: host.id,
      dir,
      createdAtMs: this.#context.clock.nowMs(),
      boundTo: undefined,
      boundUntilMs: undefined,
      goneAtMs: undefined,
    });
  }

  /** Deleted ones are among them for a while. */
  list(app: string): readonly Volume[] {
    this.#forgetGone();
    return [...this.#volumes.values()].filter((volume) => volume.app === app);
  }

  /** @throws FlyRefusal 404 */
  get(app: string, id: string): Volume {
    this.#forgetGone();
    const volume = this.#volumes.get(id);
    if (volume?.app !== app) throw refusals.notFound('volume');
    return volume;
  }

  dirOf(id: string): string | undefined {
    return this.#volumes.get(id)?.dir;
  }

  /**
   * The volume, for a machine that is about to be created on it.
   * @throws FlyRefusal 400 when there is none, 412 when another machine holds it
   */
  claimable(app: string, id: string): Volume {
    const volume = this.#volumes.get(id);
    if (volume?.app !== app || isDeleted(volume)) throw refusals.unknownVolume();
    const holder = holderOf(volume, this.#context.clock.nowMs());
    if (holder !== undefined) throw refusals.volumeClaimed(holder);
    return volume;
  }

  bind(volume: Volume, machineId: string): void {
    this.#keep({ ...volume, boundTo: machineId, boundUntilMs: undefined });
  }

  /** The machine is destroyed: the binding ends a while later. */
  release(id: string): void {
    const volume = this.#volumes.get(id);
    if (volume === undefined) return;
    this.#keep({ ...volume, boundUntilMs: this.#context.clock.nowMs() + this.#context.pace.timings.volumeUnbindMs });
  }

  /** A copy of it on another host under another id, which nobody holds yet. @throws when there is no such volume */
  async copyTo(id: string, host: string): Promise<Volume> {
    const volume = this.#volumes.get(id);
    if (volume === undefined) throw new Error(`There is no volume ${id} that could be copied.`);
    const copyId = newVolumeId();
    const dir = join(this.#context.dir, 'volumes', copyId);
    await cp(volume.dir, dir, { recursive: true });
    const createdAtMs = this.#context.clock.nowMs();
    return this.#keep({ ...volume, id: copyId, host, dir, createdAtMs, boundTo: undefined, boundUntilMs: undefined });
  }

  /** The machine goes over to the copy; the old one is deleted and its data with it. */
  async handOver(id: string, copy: Volume, machineId: string): Promise<void> {
    const volume = this.#volumes.get(id);
    this.bind(copy, machineId);
    if (volume === undefined) return;
    const goneAtMs = this.#context.clock.nowMs() + this.#context.pace.timings.volumePendingDestroyMs;
    this.#keep({ ...volume, boundTo: undefined, boundUntilMs: undefined, goneAtMs });
    await rm(volume.dir, { recursive: true, force: true });
  }

  /** A copy that came to nothing. */
  async discard(volume: Volume): Promise<void> {
    this.#volumes.delete(volume.id);
    await rm(volume.dir, { recursive: true, force: true });
  }

  /** @throws FlyRefusal 404, or 400 when it would shrink */
  extend(app: string, id: string, sizeGb: number): Volume {
    const volume = this.get(app, id);
    if (isDeleted(volume)) throw refusals.notFound('volume');
    if (sizeGb <= volume.sizeGb) throw refusals.invalid(`volume can only grow, it has ${volume.sizeGb} GB`);
    return this.#keep({ ...volume, sizeGb });
  }

  /** The data goes at once, the volume is shown for a while. @throws FlyRefusal 404, or 412 while it is bound */
  async delete(app: string, id: string): Promise<Volume> {
    const volume = this.get(app, id);
    if (isDeleted(volume)) return volume;
    const nowMs = this.#context.clock.nowMs();
    const holder = holderOf(volume, nowMs);
    if (holder !== undefined) throw refusals.volumeBound(holder);
    const goneAtMs = nowMs + this.#context.pace.timings.volumePendingDestroyMs;
    const deleted = this.#keep({ ...volume, boundTo: undefined, boundUntilMs: undefined, goneAtMs });
    await rm(volume.dir, { recursive: true, force: true });
    return deleted;
  }

  #keep(volume: Volume): Volume {
    this.#volumes.set(volume.id, volume);
    return volume;
  }

  #forgetGone(): void {
    const nowMs = this.#context.clock.nowMs();
    for (const volume of this.#volumes.values()) if (isGone(volume, nowMs)) this.#volumes.delete(volume.id);
  }
}
