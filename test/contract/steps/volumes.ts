import { expect } from 'vitest';
import { z } from 'zod';
import type { Stage } from '../../support/contract/stage.js';
import { volume as volumeShape } from '../../support/published/volume.js';
import { shown } from './replies.js';

export type SeenVolume = z.infer<typeof volumeShape>;

const volumeIn = z.looseObject(volumeShape.shape);

export async function createVolume(stage: Stage, label: string, fields: object = {}): Promise<SeenVolume> {
  const body = { name: stage.volumeName(label), region: stage.region, size_gb: 1, ...fields };
  const reply = await stage.call('POST', '/volumes', body);
  expect(reply.status, shown(reply)).toBeLessThan(300);
  return volumeIn.parse(reply.body);
}

export async function getVolume(stage: Stage, id: string): Promise<SeenVolume> {
  const reply = await stage.call('GET', `/volumes/${id}`);
  expect(reply.status, shown(reply)).toBe(200);
  return volumeIn.parse(reply.body);
}
