import { decideVolumeAdoption, isVolumeGone } from './adoption.js';
import { unclear } from './advice-table.js';
import { createOrAdopt } from './create-or-adopt.js';
import { Deadline, type FlyCallOptions } from './deadline.js';
import { FlyError, ignoreGone } from './errors.js';
import type { FlyTransport } from './transport.js';
import type { FlyCreateVolume, FlyVolume } from './wire.js';

/** A volume after it was extended. */
export interface FlyExtendedVolume {
  readonly volume: FlyVolume;
  /** Its machine sees the new size only after a restart. */
  readonly needsRestart: boolean;
}

/** @throws FlyError with advice `give-up` if several have the name; the create's own error if nothing was found */
export async function createVolume(
  fly: FlyTransport,
  order: FlyCreateVolume,
  options?: FlyCallOptions,
): Promise<FlyVolume> {
  return await createOrAdopt(fly, options, {
    create: ({ requestTimeoutMs, ...times }) =>
      fly.send('createVolume', { path: {}, target: order.name, body: order, requestTimeoutMs }, times),
    seek: async (_, times) => decideVolumeAdoption(order, await listVolumes(fly, times)),
  });
}

/** Answers for a day after the volume was deleted: see `isVolumeGone`. */
export async function getVolume(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<FlyVolume> {
  return await fly.send('getVolume', { path: { id } }, options);
}

/** Without the deleted ones. Never proof of absence. */
export async function listVolumes(fly: FlyTransport, options?: FlyCallOptions): Promise<FlyVolume[]> {
  const volumes = await fly.send('listVolumes', { path: {} }, options);
  return volumes.filter((volume) => !isVolumeGone(volume));
}

/** To a size in all, and only to a larger one. Success if it has that size already. */
export async function extendVolume(
  fly: FlyTransport,
  id: string,
  sizeGb: number,
  options?: FlyCallOptions,
): Promise<FlyExtendedVolume> {
  const deadline = new Deadline(options);
  try {
    const content = { path: { id }, body: { size_gb: sizeGb } };
    const { volume, needs_restart } = await fly.send('extendVolume', content, deadline.rest);
    return { volume, needsRestart: needs_restart };
  } catch (error) {
    // An attempt whose answer was lost may have done it, and Fly refuses to grow a volume to the size that it has.
    if (!(error instanceof FlyError && unclear.includes(error.status))) throw error;
    const volume = await deadline.unlessItFails(getVolume(fly, id, deadline.rest));
    if (volume?.size_gb !== sizeGb) throw error;
    return { volume, needsRestart: true };
  }
}

/** Success if it is gone already. Refused with advice `retry` for minutes after its machine was destroyed. */
export async function deleteVolume(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  await fly.send('deleteVolume', { path: { id } }, options).catch(ignoreGone);
}
