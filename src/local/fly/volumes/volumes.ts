import { removeFolder } from '../folder.js';
import { refusals } from '../refusal.js';
import { claimOf } from './claim.js';
import { type NewVolume, VolumeMaker, type VolumesContext } from './maker.js';
import { VolumeRecords } from './records.js';
import { courseOfDeletion, courseOfExtension, courseOfMigrated, settledMs } from './states.js';
import { holderOf, isDeleted, type Volume } from './volume.js';

/** All volumes: folders that outlive their machines and go when they are deleted. */
export class Volumes {
  readonly #records: VolumeRecords;
  readonly #maker: VolumeMaker;
  readonly #context: VolumesContext;

  constructor(context: VolumesContext) {
    this.#context = context;
    this.#records = new VolumeRecords(context.clock);
    this.#maker = new VolumeMaker(context);
  }

  /** @throws FlyRefusal 409 when none of its regions has room */
  async create(request: NewVolume): Promise<Volume> {
    return this.#records.add(await this.#maker.create(request, this.#records.all()));
  }

  /** Of every app. */
  all(): readonly Volume[] {
    return this.#records.all();
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
    const claim = claimOf(this.#records.find(id), app, this.#nowMs());
    switch (claim.kind) {
      case 'granted':
        return claim.volume;
      case 'unknown':
        throw refusals.unknownVolume();
      case 'held':
        throw refusals.volumeClaimed(this.#holderShown(claim));
      case 'not_ready':
        throw refusals.failedPrecondition(`volume ${id} cannot be mounted, it is ${claim.state}`);
    }
  }

  bind(volume: Volume, machineId: string): void {
    this.#records.change(volume, { boundTo: machineId, boundUntilMs: undefined });
  }

  /** The machine is destroyed: the binding ends a while later. */
  release(id: string): void {
    const volume = this.#records.find(id);
    const boundUntilMs = this.#nowMs() + this.#context.pace.ms('volumeUnbindMs');
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
    return this.#records.change(volume, { sizeGb, course: courseOfExtension(this.#context.pace, this.#nowMs()) });
  }

  /**
   * One that was not deleted and whose data can be got at.
   * @throws FlyRefusal 404, 503 when its host cannot be reached
   */
  reachable(app: string, id: string): Volume {
    const volume = this.#records.living(app, id);
    if (!this.#context.hosts.get(volume.host).reachable) throw refusals.hostUnreachable(volume.host);
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
    const made = await this.#maker.move(this.reachable(app, id));
    // Its machine may have been destroyed during the copy.
    const old = this.reachable(app, id);
    const moved = this.#records.add({ ...old, ...made });
    const goneAtMs = moved.createdAtMs + this.#context.pace.ms('volumeMigratedPendingMs');
    this.#records.change(old, { course: courseOfMigrated, boundTo: undefined, boundUntilMs: undefined, goneAtMs });
    return moved;
  }

  #nowMs(): number {
    return this.#context.clock.nowMs();
  }

  /** Just after its holder was destroyed the id in the refusal has been seen to be all NUL characters. */
  #holderShown({ by, holderDied }: { readonly by: string; readonly holderDied: boolean }): string {
    const hidden = holderDied && this.#context.unconfirmed.now.deadClaimant === 'nul';
    return hidden ? '\0'.repeat(by.length) : by;
  }

  async #destroy(volume: Volume): Promise<Volume> {
    const nowMs = this.#nowMs();
    const course = courseOfDeletion(this.#context.pace, nowMs);
    const goneAtMs = settledMs(course, nowMs) + this.#context.pace.ms('volumePendingDestroyMs');
    const deleted = this.#records.change(volume, { course, boundTo: undefined, boundUntilMs: undefined, goneAtMs });
    await removeFolder(volume.dir);
    return deleted;
  }
}
