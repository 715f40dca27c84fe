import { isVolumeGone } from './adoption.js';
import { readAnswer } from './answer.js';
import { flyVolumeSchema, flyVolumesSchema } from './schemas.js';
import { type FlyCallOptions, type FlyTransport, ignoreGone } from './transport.js';
import type { FlyVolume } from './wire.js';

const pathOf = (id: string) => `/volumes/${encodeURIComponent(id)}`;

/** Answers for a day after the volume was deleted: see `isVolumeGone`. */
export async function getVolume(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<FlyVolume> {
  const request = { call: 'getVolume', target: id, method: 'GET', path: pathOf(id), repeatable: true } as const;
  return readAnswer(flyVolumeSchema, await fly.send(request, options), request);
}

/** Without the deleted ones. Never proof of absence. */
export async function listVolumes(fly: FlyTransport, options?: FlyCallOptions): Promise<FlyVolume[]> {
  const request = { call: 'listVolumes', target: fly.app, method: 'GET', path: '/volumes', repeatable: true } as const;
  const volumes = readAnswer(flyVolumesSchema, await fly.send(request, options), request);
  return volumes.filter((volume) => !isVolumeGone(volume));
}

/** Success if it is gone already. Refused with advice `retry` for minutes after its machine was destroyed. */
export async function deleteVolume(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<void> {
  const request = { call: 'deleteVolume', target: id, method: 'DELETE', path: pathOf(id), repeatable: true } as const;
  await ignoreGone(fly.send(request, options));
}
