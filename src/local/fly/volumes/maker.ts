import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import type { Host, Hosts } from '../hosts/hosts.js';
import { newVolumeId } from '../ids.js';
import { refusals } from '../refusal.js';
import type { Pacing } from '../timings.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import type { Copies } from './copies.js';
import { placeVolume, type ZoneWish } from './placement.js';
import { courseOfCreation, type VolumeOrigin } from './states.js';
import type { Volume } from './volume.js';

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
  readonly pace: Pacing;
  readonly clock: Clock;
  readonly hosts: Hosts;
  readonly unconfirmed: UnconfirmedAnswers;
  readonly copies: Copies;
}

type Made = Pick<Volume, 'id' | 'dir' | 'region' | 'host' | 'course' | 'createdAtMs' | 'changedAtMs'>;

/** Makes volumes, with their folders: new ones, and those that take the place of another. */
export class VolumeMaker {
  readonly #context: VolumesContext;

  constructor(context: VolumesContext) {
    this.#context = context;
  }

  /** @throws FlyRefusal 409 when none of its regions has room */
  async create(request: NewVolume, others: readonly Volume[]): Promise<Volume> {
    const { regions, source, requireUniqueZone, uniqueZoneAppWide, ...rest } = request;
    const host = placeVolume(this.#context.hosts, regions, request, others);
    const made = await this.#make(host, source?.kind ?? 'empty', source?.dir);
    return { ...rest, ...made, boundTo: undefined, boundUntilMs: undefined, goneAtMs: undefined };
  }

  /**
   * What a volume becomes when its data goes to another host of its region.
   * @throws FlyRefusal 409 when no other host has room
   */
  move({ region, host: old, dir }: Volume): Promise<Made> {
    return this.#make(
      this.#context.hosts.place(region, (host) => host.id !== old),
      'fork',
      dir,
    );
  }

  async #make(host: Host | undefined, origin: VolumeOrigin, source: string | undefined): Promise<Made> {
    if (host === undefined) throw refusals.regionFullForVolume();
    const id = newVolumeId();
    const dir = join(this.#context.dir, 'volumes', id);
    if (source === undefined) await mkdir(dir, { recursive: true });
    else await this.#context.copies.make(source, dir);
    const nowMs = this.#context.clock.nowMs();
    const course = courseOfCreation(origin, this.#context.pace, nowMs);
    return { id, dir, region: host.region, host: host.id, course, createdAtMs: nowMs, changedAtMs: nowMs };
  }
}
