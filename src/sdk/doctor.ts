import { ArchiveStore } from './archives/store.js';
import type { Environment, R2Config } from './config.js';
import { Database } from './database/database.js';
import { DatabaseHealth } from './database/health.js';
import { lookAtDirectUrl } from './database/health-direct.js';
import { DatabaseContents } from './database/health-rows.js';
import { InstallationTable } from './database/installation.js';
import { QuarantineTable } from './database/quarantine.js';
import { both } from './doctor/check.js';
import { checksOf } from './doctor/checks.js';
import { type ExamineOptions, examine } from './doctor/examine.js';
import type { CheckGroup, Finding } from './doctor/finding.js';
import { DatabaseProbe } from './doctor/probes/database.js';
import { FlyProbe } from './doctor/probes/fly.js';
import { InstallationProbe } from './doctor/probes/installation.js';
import { MachineProbe } from './doctor/probes/machines.js';
import { ServerProbe } from './doctor/probes/server.js';
import { StoreProbe } from './doctor/probes/store.js';
import type { Probes } from './doctor/probes.js';
import {
  type DatabaseSettings,
  type FlySettings,
  type MachineSettings,
  type Part,
  readSettings,
  type ServerSettings,
  type Settings,
} from './doctor/settings.js';
import { withoutSecrets } from './doctor/without-secrets.js';
import { FlyClient } from './fly/client.js';
import { Connections } from './http/connections.js';
import { ValetHttp } from './http/valet-http.js';
import { silentLogger } from './logger.js';
import { MachineProtocol } from './machines/protocol.js';
import { HighWaterMark } from './upkeep/high-water-mark.js';

/** Checks an installation and says how to mend it. Changes nothing, and leaves nothing behind. */
export interface Doctor extends AsyncDisposable {
  readonly checks: readonly { readonly name: string; readonly group: CheckGroup }[];
  /**
   * Tells of each check as it ends, in the order of `checks`, within 60 s and a little for tidying up. What goes wrong is
   * a finding, never thrown.
   *
   * @throws the signal's reason
   */
  examine(options?: ExamineOptions): AsyncGenerator<Finding>;
}

const flyTimeoutMs = 9_000;
const connectTimeoutMs = 5_000;
const serverTimeoutMs = 8_000;
const machineTimeoutMs = 3_000;

/**
 * Joined apart from the control plane: it has to work where that cannot be opened. Connects to nothing yet.
 *
 * @param version of this program, to be held against that of `valet serve`
 */
export function openDoctor(env: Environment, { version }: { readonly version: string }): Doctor {
  const settings = readSettings(env);
  const opened = new AsyncDisposableStack();
  const checks = checksOf(openProbes(settings, version, opened));
  return {
    checks,
    examine: (options) => withoutSecrets(examine(checks, options), settings.secrets),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function openProbes(settings: Settings, version: string, opened: AsyncDisposableStack): Probes {
  const fly = mapped(settings.fly, (flySettings) => ({ client: openFly(flySettings, opened), flySettings }));
  const store = mapped(settings.r2, (r2) => ({ archives: openStore(r2, opened), place: r2 }));
  const contents = mapped(settings.database, openContents);
  const tables = mapped(settings.database, (database) => openTables(database, opened));
  const binding = mapped(settings.binding, (it) => ({ binding: it }));
  return {
    description: settings.description,
    version,
    onFly: settings.onFly,
    database: mapped(settings.database, (database) => ({ database: databaseProbe(database) })),
    server: mapped(settings.server, (server) => ({ server: serverProbe(server, opened) })),
    fly: mapped(fly, ({ client, flySettings }) => ({ fly: new FlyProbe(client), flySettings })),
    store: mapped(store, ({ archives, place }) => ({ store: storeProbe(archives, opened), place })),
    machines: mapped(both(both(fly, settings.machines), contents), (parts) => ({
      machines: machineProbe(parts, opened),
      urlTemplate: parts.flySettings.machineUrl,
    })),
    installation: mapped(both(tables, binding), (parts) => ({ ...parts, installation: new InstallationProbe(parts) })),
    marks: mapped(both(store, tables), ({ archives, installation }) => ({
      highWater: new HighWaterMark({ store: archives, installation }),
    })),
  };
}

function mapped<A, B>(part: Part<A>, make: (value: A) => B): Part<B> {
  return part.usable ? { usable: true, value: make(part.value) } : part;
}

function openContents({ databaseUrl }: DatabaseSettings) {
  return { contents: new DatabaseContents(databaseUrl.reveal()) };
}

function openTables({ databaseUrl }: DatabaseSettings, opened: AsyncDisposableStack) {
  const options = { url: databaseUrl.reveal(), maxConnections: 2 };
  const database = opened.adopt(new Database(options), (it) => it.close());
  return { installation: new InstallationTable(database), quarantine: new QuarantineTable(database) };
}

function databaseProbe(settings: DatabaseSettings): DatabaseProbe {
  const [pooledUrl, directUrl] = [settings.databaseUrl.reveal(), settings.databaseDirectUrl.reveal()];
  return new DatabaseProbe({
    ...openContents(settings),
    health: new DatabaseHealth({ pooled: pooledUrl, direct: directUrl }),
    lookAtDirectUrl: (signal) => lookAtDirectUrl(directUrl, signal),
    pooledUrl,
    directUrl,
  });
}

function serverProbe({ url, secret, named }: ServerSettings, opened: AsyncDisposableStack): ServerProbe {
  const from = { url, secret: secret?.reveal(), environment: undefined, timeoutMs: serverTimeoutMs };
  const http = opened.adopt(new ValetHttp({ ...from, dispatcher: undefined, logger: silentLogger }), (it) =>
    it.close(),
  );
  return new ServerProbe(http, { url, named }, secret !== undefined);
}

function openFly({ apiUrl, app, token, rateLimit }: FlySettings, opened: AsyncDisposableStack): FlyClient {
  const options = { baseUrl: apiUrl, app, token: token.reveal(), rateLimit, requestTimeoutMs: flyTimeoutMs };
  return opened.adopt(new FlyClient(options), (it) => it.close());
}

function openStore(r2: R2Config, opened: AsyncDisposableStack): ArchiveStore {
  const keys = { accessKeyId: r2.accessKeyId.reveal(), secretAccessKey: r2.secretAccessKey.reveal() };
  return opened.adopt(new ArchiveStore({ ...r2, ...keys }), (it) => it.close());
}

function storeProbe(store: ArchiveStore, opened: AsyncDisposableStack): StoreProbe {
  const connections = opened.adopt(new Connections({ connectTimeoutMs }), (it) => it.close());
  return new StoreProbe({ store, connections, nowMs: Date.now });
}

interface MachineParts extends MachineSettings {
  readonly client: FlyClient;
  readonly flySettings: FlySettings;
  readonly contents: DatabaseContents;
}

function machineProbe({ client, flySettings, contents, internalSecrets }: MachineParts, opened: AsyncDisposableStack) {
  const options = {
    urlTemplate: flySettings.machineUrl,
    app: flySettings.app,
    internalSecrets: internalSecrets.map((secret) => secret.reveal()),
    tries: 2,
    requestTimeoutMs: machineTimeoutMs,
  };
  const protocol = opened.adopt(new MachineProtocol(options), (it) => it.close());
  return new MachineProbe({ contents, fly: client, protocol });
}
