import { z } from 'zod';
import type { Clock } from '../../clock.js';
import { refusals } from '../refusal.js';
import { regionsOf } from '../regions.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { type Volume, viewVolume } from '../volumes/volume.js';
import type { Volumes } from '../volumes/volumes.js';
import { parseBody } from './body.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const collection = '/apps/:app/volumes';
const item = `${collection}/:id`;

const sizeGb = z.int().min(1).max(500);
const createSchema = z.object({
  name: z.string().regex(/^[a-z0-9_]{1,30}$/, 'only lowercase letters, digits and underscores, at most 30'),
  region: z.exactOptional(z.string()),
  size_gb: sizeGb.default(3),
  encrypted: z.boolean().default(true),
  snapshot_retention: z.int().min(1).max(60).default(5),
});
const extendSchema = z.object({ size_gb: sizeGb });

/** Source: fly.io/docs/machines/api/volumes-resource. */
export function volumeRoutes(volumes: Volumes, clock: Clock, unconfirmed: UnconfirmedAnswers): readonly Route[] {
  const view = (volume: Volume) => viewVolume(volume, clock.nowMs());
  const path = (request: ApiRequest) => [param(request, 'app'), param(request, 'id')] as const;
  return [
    {
      method: 'POST',
      path: collection,
      call: 'create_volume',
      handle: async (request) => ({
        status: unconfirmed.now.volumeCreateStatus,
        body: view(await create(volumes, request)),
      }),
    },
    {
      method: 'GET',
      path: collection,
      call: 'list_volumes',
      handle: (request) => ok(volumes.list(param(request, 'app')).map(view)),
    },
    {
      method: 'GET',
      path: item,
      call: 'get_volume',
      handle: (request) => ok(view(volumes.get(...path(request)))),
    },
    {
      method: 'DELETE',
      path: item,
      call: 'delete_volume',
      handle: async (request) => ok(view(await volumes.delete(...path(request)))),
    },
    {
      method: 'PUT',
      path: `${item}/extend`,
      call: 'extend_volume',
      handle: (request) => {
        const { size_gb } = parseBody(extendSchema, request.bodyText);
        return ok({ volume: view(volumes.extend(...path(request), size_gb)), needs_restart: false });
      },
    },
  ];
}

function ok(body: unknown): ApiAnswer {
  return { status: 200, body };
}

function create(volumes: Volumes, request: ApiRequest): Promise<Volume> {
  const body = parseBody(createSchema, request.bodyText);
  const regions = regionsOf(body.region);
  if (regions.length === 0) throw refusals.invalid(`unknown region ${body.region}`);
  return volumes.create({
    app: param(request, 'app'),
    name: body.name,
    regions,
    sizeGb: body.size_gb,
    encrypted: body.encrypted,
    snapshotRetention: body.snapshot_retention,
  });
}
