import { z } from 'zod';
import { type Operation, operation, required } from '../operation.js';
import {
  createVolumeRequest,
  extendVolumeAnswer,
  extendVolumeRequest,
  snapshot,
  updateVolumeRequest,
  volume,
} from '../volume.js';

const collection = '/apps/:app/volumes';
const item = `${collection}/:id`;

/** Source: docs.machines.dev; fly.io/docs/machines/api/volumes-resource. */
export const volumeOperations: readonly Operation[] = [
  operation('GET', collection, { 200: z.array(volume) }, { query: ['summary'] }),
  // 200 in the docs, 201 was seen.
  operation(
    'POST',
    collection,
    { 200: volume, 201: volume },
    {
      body: required(createVolumeRequest),
      refusals: [408, 409, 422],
    },
  ),
  operation('GET', item, { 200: volume }),
  operation('PUT', item, { 200: volume }, { body: required(updateVolumeRequest), refusals: [409, 412] }),
  operation('DELETE', item, { 200: volume }, { refusals: [409, 412] }),
  operation(
    'PUT',
    `${item}/extend`,
    { 200: extendVolumeAnswer },
    {
      body: required(extendVolumeRequest),
      refusals: [409, 412],
    },
  ),
  operation('GET', `${item}/snapshots`, { 200: z.array(snapshot) }),
  // Published without a body; nobody has published what it holds.
  operation('POST', `${item}/snapshots`, { 200: z.union([z.undefined(), snapshot]) }, { refusals: [409, 412] }),
];
