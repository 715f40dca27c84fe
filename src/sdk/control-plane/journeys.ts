import { actorOf } from '../actor.js';
import { archiveKey } from '../archives/keys.js';
import { manifestSchema } from '../archives/manifest.js';
import { proveArchive } from '../archives/prove.js';
import { isGone } from '../fly/errors.js';
import { newMachine } from '../pool/new-machine.js';
import { ArchiveJourney } from '../projects/archive.js';
import { ArchiveCancellation } from '../projects/cancel-archive.js';
import { CreateJourney } from '../projects/create.js';
import { OnVolume } from '../projects/on-volume.js';
import { RebuildJourney } from '../projects/rebuild.js';
import { RestoreJourney } from '../projects/restore.js';
import { UndoJourney } from '../projects/undo.js';
import { WakeJourney } from '../projects/wake.js';
import { ProjectWaker } from '../projects/waker.js';
import type { Ground } from './ground.js';
import type { Pool } from './pool.js';

/** What projects go through. */
export function joinJourneys(ground: Ground, pool: Pool, retire: (signal: AbortSignal) => Promise<unknown>) {
  const { tables, fly, protocol, store, owner, template, keepVolumeSecs, changes, running, telemetry, actors } = ground;
  const { sealer, starter, configurator, provisioner, supply } = pool;
  const {
    projects,
    waking,
    archiving,
    machines,
    routes,
    listings,
    idempotency,
    moves,
    rebuilding,
    undoing,
    archives,
    restoring,
  } = tables;
  const operator = actors('operator');
  const request = actors('request');
  const create = new CreateJourney({ projects, idempotency, supply, configurator, sealer, owner, actor: request });
  const wake = new WakeJourney({
    projects,
    waking,
    archives: listings,
    supply,
    configurator,
    starter,
    protocol,
    store,
    tablesOf: rowsOf,
    telemetry,
    owner,
  });
  const cancellation = new ArchiveCancellation({
    projects,
    archiving,
    machines,
    starter,
    protocol,
    telemetry,
    owner,
  });
  const archive = new ArchiveJourney({
    projects,
    archiving,
    cancellation,
    machines,
    starter,
    protocol,
    store,
    prove: (claim, signal) => proveArchive(store, claim, { signal }),
    keyOf: archiveKey,
    keepVolumeSecs,
    telemetry,
    owner,
  });
  const onVolume = new OnVolume({ machines, moves, provisioner, configurator, starter, protocol });
  const makeMachine = (where: { readonly flyApp: string; readonly region: string }) => newMachine(template, where);
  const undo = new UndoJourney({
    projects,
    waking,
    undoing,
    onVolume,
    newMachine: makeMachine,
    tablesOf: rowsOf,
    retire,
    telemetry,
    owner,
    actor: operator,
  });
  const rebuild = new RebuildJourney({
    projects,
    rebuilding,
    machines,
    onVolume,
    fly,
    isGone,
    newMachine: makeMachine,
    telemetry,
    owner,
    actor: actorOf('observe', owner),
  });
  const waker = new ProjectWaker({
    projects,
    waking,
    archiving,
    routes,
    changes,
    journey: wake,
    running,
    owner,
    actor: request,
  });
  const restore = new RestoreJourney({
    projects,
    archives,
    restoring,
    waking,
    journey: wake,
    waker,
    owner,
    actor: operator,
  });

  return { create, wake, cancellation, archive, undo, rebuild, waker, restore };
}

export type Journeys = ReturnType<typeof joinJourneys>;

/** A basic server's archive has no manifest and so promises nothing. */
function rowsOf(manifest: unknown): Readonly<Record<string, number>> {
  const parsed = manifestSchema.safeParse(manifest);
  return parsed.success ? parsed.data.tables : {};
}
