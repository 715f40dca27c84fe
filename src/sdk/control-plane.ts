import { actorOf } from './actor.js';
import { DirectArchives } from './archives/archive-calls.js';
import { archiveKey } from './archives/keys.js';
import { manifestSchema } from './archives/manifest.js';
import { proveArchive } from './archives/prove.js';
import { ArchiveStore } from './archives/store.js';
import type { Config } from './config.js';
import { PostgresCreateLimit } from './database/create-limit.js';
import { Database } from './database/database.js';
import { bindInstallation } from './database/installation.js';
import { AdvisoryLocks } from './database/locks.js';
import { assertMigrated } from './database/migrate.js';
import { Notifications } from './database/notifications.js';
import { openTables } from './database/tables.js';
import { Prune } from './dormancy/prune.js';
import { Sweep } from './dormancy/sweep.js';
import { DirectSweep } from './dormancy/sweep-calls.js';
import { isVolumeGone } from './fly/adoption.js';
import { FlyClient } from './fly/client.js';
import { isGone } from './fly/errors.js';
import { MachineProtocol } from './machines/protocol.js';
import { deriveMachineSecret } from './machines/secret.js';
import { FirstBoot } from './pool/first-boot.js';
import { DirectMachines } from './pool/machine-calls.js';
import { configHash } from './pool/machine-config.js';
import { environmentStamp, newMachine } from './pool/new-machine.js';
import { Placement } from './pool/placement.js';
import { DirectPool } from './pool/pool-calls.js';
import { Provisioner } from './pool/provision.js';
import { Replenisher } from './pool/replenish.js';
import { MachineStarter } from './pool/starter.js';
import { MachineSupply } from './pool/supply.js';
import { machineTemplate } from './pool/template.js';
import { DirectActivityReports } from './projects/activity-reports.js';
import { ArchiveJourney } from './projects/archive.js';
import { ArchiveCancellation } from './projects/cancel-archive.js';
import { Configurator } from './projects/configure.js';
import { CreateJourney } from './projects/create.js';
import { OnVolume } from './projects/on-volume.js';
import { OperatorCalls } from './projects/operator-calls.js';
import { DirectProjects } from './projects/project-calls.js';
import { RebuildJourney } from './projects/rebuild.js';
import { Rebuilder } from './projects/rebuilder.js';
import { RestoreJourney } from './projects/restore.js';
import { Sealer } from './projects/sealing.js';
import { UndoJourney } from './projects/undo.js';
import { ProjectUrls } from './projects/url.js';
import { WakeJourney } from './projects/wake.js';
import { ProjectWaker } from './projects/waker.js';
import { lookUpRoute } from './routing/look-up.js';
import { Running } from './running.js';
import type { Serving } from './serving.js';
import { DestructionFuse } from './upkeep/fuse.js';
import { HighWaterMark } from './upkeep/high-water-mark.js';
import { locks as lockNumbers } from './upkeep/lock-numbers.js';
import { Observation } from './upkeep/observe.js';
import { VolumeLook } from './upkeep/observe-volume.js';
import { DirectOrphans } from './upkeep/orphan-calls.js';
import { OrphanLook } from './upkeep/orphan-look.js';
import { OrphanSearch } from './upkeep/orphans.js';
import { Recovery } from './upkeep/recover.js';
import { Retirement } from './upkeep/retire.js';
import { Farewell } from './upkeep/retire-ask.js';
import { backgroundTasks } from './upkeep/tasks.js';
import type { Valet, ValetCalls } from './valet.js';

/** Valet, answered directly: with the database, Fly and R2 at hand. */
export interface ControlPlane extends Valet {
  /** What `valet serve` needs beside it; begins to listen for news. */
  openServing(): Promise<Serving>;
}

/**
 * The one place where everything is joined. Connects to nothing but the database, which must be migrated and belong to
 * the configured environment; a new one is bound to it.
 *
 * @throws ValetError `database_unavailable`, `database_not_migrated`, `environment_mismatch`, `config_invalid`
 */
export async function createControlPlane(config: Config): Promise<ControlPlane> {
  await using opening = new AsyncDisposableStack();
  const database = opening.adopt(new Database({ url: config.core.databaseUrl.reveal() }), (db) => db.close());
  await assertMigrated(database);
  await bindInstallation(database, { environment: config.core.environment, flyApp: config.fly.app });
  const outside = openOutside(config, database, opening);
  const inside = join(config, database, outside, opening);
  const opened = opening.move();
  return { ...inside.valet, openServing: inside.openServing, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Fly, the machines, R2. */
function openOutside(config: Config, database: Database, opening: AsyncDisposableStack) {
  const { fly, r2, core } = config;
  const { quarantine } = openTables(database);
  const internalSecrets = core.internalSecrets.map((secret) => secret.reveal());
  return {
    fly: opening.adopt(
      new FlyClient({ baseUrl: fly.apiUrl, app: fly.app, token: fly.token.reveal(), rateLimit: fly.rateLimit }),
      (client) => client.close(),
    ),
    protocol: opening.adopt(
      new MachineProtocol({
        urlTemplate: fly.machineUrl,
        app: fly.app,
        internalSecrets,
        onIdentity: async (machine, identity) => {
          await quarantine.contradiction(machine, identity, actorOf('request', core.instance));
        },
      }),
      (protocol) => protocol.close(),
    ),
    store: opening.adopt(
      new ArchiveStore({
        endpoint: r2.endpoint,
        accessKeyId: r2.accessKeyId.reveal(),
        secretAccessKey: r2.secretAccessKey.reveal(),
        bucket: r2.bucket,
      }),
      (store) => store.close(),
    ),
    /** The current one first. */
    secretsOf: (machineName: string) => internalSecrets.map((secret) => deriveMachineSecret(secret, machineName)),
  };
}

type Outside = ReturnType<typeof openOutside>;

function join(config: Config, database: Database, outside: Outside, opening: AsyncDisposableStack) {
  const { fly, protocol, store, secretsOf } = outside;
  const owner = config.core.instance;
  const environment = config.core.environment;
  const directUrl = config.core.databaseDirectUrl.reveal();
  const flyApp = config.fly.app;
  const template = machineTemplate(config);
  const kind = { environment, configHash: configHash(template) };

  const tables = openTables(database);
  const { projects, waking, archiving, machines, warmPool, retiring, routes, listings, dormancy, idempotency } = tables;
  const { moves, observing, archives, restoring, pool } = tables;
  const keepVolumeSecs = config.dormancy.volumeKeepHours * 3600;
  const thresholdSecs = config.dormancy.thresholdDays * 86_400;
  const operator = actorOf('operator', owner);
  const locks = opening.use(new AdvisoryLocks(directUrl));
  const changes = opening.use(new Notifications(directUrl));

  const sealer = new Sealer(config.core.sealKeys.map((key) => Buffer.from(key.reveal(), 'base64')));
  const urls = new ProjectUrls(config.core.publicUrl, config.routing.domain);
  const starter = new MachineStarter({ fly, protocol, machines, isGone });
  const configurator = new Configurator({ protocol, starter, sealer });
  const boot = new FirstBoot({ fly, protocol, starter });
  const provisioner = new Provisioner({ fly, boot, machines, retiring, template, secretsOf, owner });
  const { targets, standby } = config.pool;
  const ownPool = { ...kind, image: template.image, targets };
  const regions = targets.map(({ region }) => region);
  const placement = new Placement({ provisioner, breakers: pool.breakers, regions, image: template.image });
  const supply = new MachineSupply({
    machines,
    warmPool,
    kind,
    retiring,
    placement,
    starter,
    protocol,
    template,
    flyApp,
  });
  const fuse = new DestructionFuse({
    ...tables,
    highWater: new HighWaterMark({ ...tables, store }),
    binding: { environment, flyApp },
  });
  const { members } = pool;
  const replenisher = new Replenisher({
    machines,
    members,
    own: ownPool,
    owner,
    placement,
    fly,
    fuse,
    template,
    standby,
    flyApp,
  });

  const create = new CreateJourney({ projects, idempotency, supply, configurator, sealer, owner });
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
    owner,
  });
  const cancellation = new ArchiveCancellation({ projects, archiving, machines, starter, protocol, owner });
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
    owner,
  });
  const sweep = new Sweep({ dormancy, journey: archive, fuse, thresholdSecs });
  const prune = new Prune({
    pruning: tables.pruning,
    store,
    fuse,
    retention: { kept: config.dormancy.archivesKept, deletedProjectDays: config.dormancy.deletedArchiveDays },
    actor: actorOf('prune', owner),
  });
  const recovery = new Recovery({
    projects,
    waking,
    moves,
    machines,
    retiring,
    cancellation,
    protocol,
    environment,
    owner,
  });
  const farewell = new Farewell({ ...tables, starter, protocol, actor: actorOf('retire', owner) });
  const retirement = new Retirement({ retiring, fly, isGone, isVolumeGone, fuse, farewell, environment });
  const stamp = { own: { environment, flyApp }, volumePrefix: `v${environmentStamp(environment)}_` };
  const orphanSearch = new OrphanSearch({
    ...tables,
    ...stamp,
    fly,
    look: new OrphanLook({ fly, isGone, isVolumeGone }),
    fuse,
    actor: actorOf('orphans', owner),
  });

  const onVolume = new OnVolume({ machines, moves, provisioner, configurator, starter, protocol });
  const makeMachine = (where: { readonly flyApp: string; readonly region: string }) => newMachine(template, where);
  const undo = new UndoJourney({
    projects,
    waking,
    moves,
    onVolume,
    newMachine: makeMachine,
    tablesOf: rowsOf,
    retire: (signal) => locks.tryRun(lockNumbers.retire, (held) => retirement.pass(held), signal),
    owner,
    actor: actorOf('operator', owner),
  });
  const rebuild = new RebuildJourney({
    projects,
    moves,
    machines,
    onVolume,
    fly,
    isGone,
    newMachine: makeMachine,
    owner,
    actor: actorOf('observe', owner),
  });

  // Closed first: what still runs gives back what it holds while the database is there.
  const running = opening.use(new Running());
  const rebuilder = new Rebuilder({ journey: rebuild, running });
  const observation = new Observation({
    machines,
    observing,
    fly,
    volumes: new VolumeLook({ observing, fly, isGone, isVolumeGone, actor: actorOf('observe', owner) }),
    rebuild: (gone, volumeId) => rebuilder.start(gone, volumeId),
    isGone,
    environment,
    actor: actorOf('observe', owner),
  });
  const waker = new ProjectWaker({ projects, waking, archiving, routes, changes, journey: wake, running, owner });
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
  const operatorCalls = new OperatorCalls({
    ...tables,
    projects,
    restore,
    running,
    thresholdSecs,
    keepVolumeSecs,
    actor: operator,
  });

  const valet: ValetCalls = {
    projects: new DirectProjects({
      listings,
      projects,
      restoring,
      operator: operatorCalls,
      create,
      archive,
      undo,
      waker,
      sealer,
      urls,
      running,
      defaultRegion: config.fly.region,
      actor: operator,
    }),
    machines: new DirectMachines(listings, environment),
    archives: new DirectArchives({ archives, projects, store, running, actor: operator }),
    orphans: new DirectOrphans({ ...tables, ...stamp, fly, actor: actorOf('operator', owner) }),
    pool: new DirectPool({ ...pool, own: ownPool, listings, replenisher, locks, running, fuse, owner }),
    sweep: new DirectSweep({ sweep, locks, running, actor: operator }),
    route: (hostOrId) =>
      lookUpRoute(hostOrId, {
        source: routes,
        routerDomain: config.routing.domain,
        replay: { timeoutSecs: config.routing.replayTimeoutSecs },
      }),
  };

  const openServing = async (): Promise<Serving> => {
    await changes.open();
    await pool.kinds.announce(ownPool);
    return {
      valet,
      routes,
      changes,
      waker,
      locks,
      tasks: backgroundTasks({
        replenisher,
        sweep,
        prune,
        recovery,
        retirement,
        orphanSearch,
        observation,
        rebuilder,
        onMachine: (listener) => changes.onMachine(listener),
        replenishIntervalMs: config.pool.replenishIntervalSecs * 1000,
        owner,
      }),
      activity: new DirectActivityReports({ routes, secretsOf }),
      createLimit: new PostgresCreateLimit(database),
      observe: (id, signal) => observation.project(id, signal),
      checkDatabase: () => assertMigrated(database),
    };
  };

  return { valet, openServing };
}

/** A basic server's archive has no manifest and so promises nothing. */
function rowsOf(manifest: unknown): Readonly<Record<string, number>> {
  const parsed = manifestSchema.safeParse(manifest);
  return parsed.success ? parsed.data.tables : {};
}
