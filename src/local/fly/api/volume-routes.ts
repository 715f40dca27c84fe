import type { Apps } from '../apps/apps.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import type { Snapshots } from '../volumes/snapshots.js';
import type { Volumes } from '../volumes/volumes.js';
import { parseBody } from './body.js';
import { booleanIn } from './query.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';
import {
  type CreateVolumeBody,
  createVolumeSchema,
  extendVolumeSchema,
  updateVolumeSchema,
  type VolumeSource,
  volumeOrder,
} from './volume-request.js';
import type { VolumeViewer } from './volume-viewer.js';

const collection = '/apps/:app/volumes';
const item = `${collection}/:id`;

export interface VolumeSources {
  readonly apps: Apps;
  readonly volumes: Volumes;
  readonly snapshots: Snapshots;
  readonly viewer: VolumeViewer;
  readonly unconfirmed: UnconfirmedAnswers;
}

/** Source: fly.io/docs/machines/api/volumes-resource. */
export function volumeRoutes(sources: VolumeSources): readonly Route[] {
  const on =
    (act: (sources: VolumeSources, request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>): Route['handle'] =>
    (request) =>
      act(sources, request);
  return [
    { method: 'POST', path: collection, call: 'create_volume', handle: on(create) },
    { method: 'GET', path: collection, call: 'list_volumes', handle: on(list) },
    { method: 'GET', path: item, call: 'get_volume', handle: on(get) },
    { method: 'PUT', path: item, call: 'update_volume', handle: on(update) },
    { method: 'DELETE', path: item, call: 'delete_volume', handle: on(destroy) },
    { method: 'PUT', path: `${item}/extend`, call: 'extend_volume', handle: on(extend) },
  ];
}

async function create(sources: VolumeSources, request: ApiRequest): Promise<ApiAnswer> {
  const app = param(request, 'app');
  const body = parseBody(createVolumeSchema, request.bodyText);
  const volume = await sources.volumes.create(volumeOrder(app, body, sourceOf(sources, app, body)));
  return { status: sources.unconfirmed.now.volumeCreateStatus, body: await sources.viewer.whole(volume) };
}

/** @throws FlyRefusal 400 when it is not there or another organisation's, 503 when its host cannot be reached */
function sourceOf(sources: VolumeSources, app: string, body: CreateVolumeBody): VolumeSource | undefined {
  const { source_volume_id: volumeId, snapshot_id: snapshotId } = body;
  if (volumeId !== undefined && snapshotId !== undefined) {
    throw refusals.invalid('source_volume_id excludes snapshot_id');
  }
  if (volumeId !== undefined) return forkOf(sources, app, volumeId);
  return snapshotId === undefined ? undefined : restoreOf(sources, app, snapshotId);
}

function forkOf({ volumes, apps }: VolumeSources, app: string, id: string): VolumeSource {
  const found = volumes.find(id);
  if (found === undefined || !apps.areSiblings(found.app, app)) throw refusals.unknownVolume();
  const { dir, sizeGb, region } = volumes.reachable(found.app, id);
  return { kind: 'fork', dir, sizeGb, region };
}

function restoreOf({ snapshots, apps }: VolumeSources, app: string, id: string): VolumeSource {
  const snapshot = snapshots.usable(id);
  if (snapshot === undefined || !apps.areSiblings(snapshot.app, app)) {
    throw refusals.invalid('snapshot does not exist');
  }
  return { kind: 'snapshot', dir: snapshot.dir, sizeGb: snapshot.volumeSizeGb, region: undefined };
}

async function list({ viewer }: VolumeSources, request: ApiRequest): Promise<ApiAnswer> {
  const found = request.lists.volumes(param(request, 'app'));
  const summary = booleanIn(request.query, 'summary');
  return { status: 200, body: summary ? found.map(viewer.summary) : await Promise.all(found.map(viewer.whole)) };
}

async function get({ volumes, viewer }: VolumeSources, request: ApiRequest): Promise<ApiAnswer> {
  return { status: 200, body: await viewer.whole(volumes.get(...idsIn(request))) };
}

async function update({ volumes, viewer }: VolumeSources, request: ApiRequest): Promise<ApiAnswer> {
  const body = parseBody(updateVolumeSchema, request.bodyText);
  const updated = volumes.update(...idsIn(request), {
    ...(body.snapshot_retention === undefined ? {} : { snapshotRetention: body.snapshot_retention }),
    ...(body.auto_backup_enabled === undefined ? {} : { autoBackup: body.auto_backup_enabled }),
  });
  return { status: 200, body: await viewer.whole(updated) };
}

async function destroy({ volumes, viewer }: VolumeSources, request: ApiRequest): Promise<ApiAnswer> {
  return { status: 200, body: await viewer.whole(await volumes.delete(...idsIn(request))) };
}

async function extend({ volumes, viewer, unconfirmed }: VolumeSources, request: ApiRequest): Promise<ApiAnswer> {
  const { size_gb } = parseBody(extendVolumeSchema, request.bodyText);
  const volume = await viewer.whole(volumes.extend(...idsIn(request), size_gb));
  const attached = volume.attached_machine_id !== null;
  const needsRestart = attached && unconfirmed.now.extendNeedsRestart === 'while_attached';
  return { status: 200, body: { volume, needs_restart: needsRestart } };
}

function idsIn(request: ApiRequest): readonly [app: string, id: string] {
  return [param(request, 'app'), param(request, 'id')];
}
