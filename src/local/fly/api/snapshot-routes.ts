import type { Snapshot, Snapshots } from '../volumes/snapshots.js';
import type { Volumes } from '../volumes/volumes.js';
import { param, type Route } from './router.js';

const collection = '/apps/:app/volumes/:id/snapshots';

export interface SnapshotSources {
  readonly volumes: Volumes;
  readonly snapshots: Snapshots;
}

/** Snapshots of a volume, on demand only: none are taken daily. Source: fly.io/docs/volumes/snapshots. */
export function snapshotRoutes({ volumes, snapshots }: SnapshotSources): readonly Route[] {
  return [
    {
      method: 'POST',
      path: collection,
      call: 'create_snapshot',
      handle: async (request) => {
        await snapshots.take(volumes.reachable(param(request, 'app'), param(request, 'id')));
        // Published without a body; the list shows what came of it.
        return { status: 200 };
      },
    },
    {
      method: 'GET',
      path: collection,
      call: 'list_snapshots',
      handle: (request) => {
        const { id } = volumes.get(param(request, 'app'), param(request, 'id'));
        const body = snapshots.list(id).map((snapshot) => view(snapshot, snapshots.statusOf(snapshot)));
        return { status: 200, body };
      },
    },
  ];
}

function view(snapshot: Snapshot, status: string): unknown {
  return {
    id: snapshot.id,
    size: snapshot.sizeBytes,
    volume_size: snapshot.volumeSizeGb * 1024 ** 3,
    digest: snapshot.digest,
    created_at: new Date(snapshot.createdAtMs).toISOString(),
    status,
    retention_days: snapshot.retentionDays,
  };
}
