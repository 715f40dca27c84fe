import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlyEmulatorOptions, MachineProgram } from '../../src/local/fly/options.js';
import type { FlyTimings } from '../../src/local/fly/timings.js';
import { startObjectStore } from '../../src/local/object-store.js';
import { startPrivateNetwork } from '../../src/local/private-network.js';
import { ArchiveStore } from '../../src/sdk/archives/store.js';
import { MachineProtocol } from '../../src/sdk/machines/protocol.js';
import { type ContractRecorder, recordContract } from './contract/recorder.js';
import { type TestDatabase, testDatabase } from './database.js';
import { type TestFlyEmulator, withFlyEmulator } from './fly-emulator.js';
import { type Instance, startInstance } from './instance.js';

const internalSecret = 'internal-secret-of-the-test';
const operatorSecret = 'operator-secret-of-the-test';

export interface TestPlatform extends AsyncDisposable {
  readonly machinesAreBasic: boolean;
  readonly database: TestDatabase;
  readonly fly: TestFlyEmulator;
  /** What every call of an instance to Fly passes. */
  readonly recorder: ContractRecorder;
  /** Straight to the object store, past every instance. */
  readonly store: ArchiveStore;
  /** Straight to any machine. */
  readonly protocol: MachineProtocol;
  /** Secrets that no output may hold. */
  readonly secrets: readonly string[];
  /** Opens another instance; it is closed with the platform at the latest. */
  controlPlane(env?: Readonly<Record<string, string>>, on?: Pick<TestDatabase, 'url'>): Promise<Instance>;
  /** What a command is given that is to work on this database. */
  commandEnv(on: Pick<TestDatabase, 'url'>): Readonly<Record<string, string>>;
  /** A request of a visitor to the project's own machine, past the router. */
  visit(projectId: string, path: string, init?: RequestInit): Promise<Response>;
  /** `ws://` address of the project's machine. */
  webSocketUrl(projectId: string): Promise<string>;
}

export interface TestPlatformOptions {
  readonly timings?: Partial<FlyTimings>;
  /** What machines run instead of the built project server, or its environment. */
  readonly projectServer?: Partial<MachineProgram>;
  /** That program answers 404 to status. */
  readonly machinesAreBasic?: boolean;
  /** What machines of these images run instead of the project server. */
  readonly images?: FlyEmulatorOptions['images'];
  readonly env?: Readonly<Record<string, string>>;
}

const projectServer = fileURLToPath(new URL('../../dist/local/project-server/main.js', import.meta.url));
/** On Fly these last for minutes and a day: here as long as a test. */
const lingering = { destroyLingerMs: 60_000, volumePendingDestroyMs: 60_000, volumeUnbindMs: 0 };

/** All that Valet runs on, for real, in this process, and as many instances of it as a test wants. */
export async function testPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  if (!existsSync(projectServer)) throw new Error('Build first: npm run build.');
  await using opening = new AsyncDisposableStack();
  const database = opening.use(await testDatabase());
  const fly = opening.use(
    await withFlyEmulator({
      projectServer: {
        command: process.execPath,
        args: [projectServer],
        // Where the run itself is killed, nobody is left to end them.
        // Machines fall asleep when a test says so, however long it takes.
        env: { VALET_EXIT_WITH_PARENT: '1', VALET_IDLE_SUSPEND_SECS: '0' },
        ...options.projectServer,
      },
      images: options.images ?? {},
      timings: { ...lingering, ...options.timings },
    }),
  );
  const recorder = opening.use(await recordContract(fly.url));
  const network = opening.adopt(await startPrivateNetwork({ machines: fly.machines }), (it) => it.stop());
  const dir = opening.adopt(await mkdtemp(join(tmpdir(), 'valet-objects-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const objects = opening.adopt(await startObjectStore({ dir, bucket: 'valet-dormant' }), (it) => it.stop());
  const store = opening.adopt(new ArchiveStore(objects), (it) => it.close());
  const protocol = opening.adopt(
    new MachineProtocol({ urlTemplate: network.urlTemplate, app: fly.app, internalSecrets: [internalSecret] }),
    (it) => it.close(),
  );
  const instances = opening.use(new AsyncDisposableStack());
  const outside = {
    databaseUrl: database.url,
    flyUrl: recorder.url,
    machineUrl: new URL(network.urlTemplate).origin,
    storeUrl: objects.endpoint,
  };
  const env = { ...baseEnv(fly), ...options.env };
  const addressOf = (id: string) => addressOfProject(database, fly, id);
  let count = 0;
  const opened = opening.move();
  return {
    machinesAreBasic: options.machinesAreBasic ?? false,
    database,
    fly,
    recorder,
    store,
    protocol,
    secrets: [internalSecret, operatorSecret, fly.token, objects.secretAccessKey],
    controlPlane: async (more = {}, on = database) => {
      count += 1;
      const at = { ...outside, databaseUrl: on.url };
      return instances.use(await startInstance(`instance-${count}`, at, { ...env, ...more }));
    },
    commandEnv: ({ url }) => ({
      ...env,
      DATABASE_URL: url,
      VALET_FLY_API_URL: fly.url,
      R2_ENDPOINT: objects.endpoint,
    }),
    visit: async (id, path, init) => fetch(`http://${await addressOf(id)}${path}`, init),
    webSocketUrl: async (id) => `ws://${await addressOf(id)}/ws`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function baseEnv(fly: TestFlyEmulator): Record<string, string> {
  return {
    CONTROL_PLANE_SECRET: operatorSecret,
    CONTROL_PLANE_INTERNAL_SECRET: internalSecret,
    VALET_ENVIRONMENT: 'test',
    // Nobody listens there: what machines report of their use is not what these tests are about.
    VALET_PUBLIC_URL: 'http://127.0.0.1:9',
    VALET_FLY_TOKEN: fly.token,
    VALET_FLY_APP: fly.app,
    VALET_FLY_IMAGE: 'registry.fly.io/test:1',
    // The emulator's limits are off, and time here travels faster than any queue.
    VALET_FLY_RATE_LIMIT: 'off',
    // The only pair of keys that the object store knows.
    R2_ACCESS_KEY_ID: 'S3RVER',
    R2_SECRET_ACCESS_KEY: 'S3RVER',
    WARM_POOL_SIZE: '0',
    VOLUME_KEEP_HOURS: '0',
  };
}

async function addressOfProject(database: TestDatabase, fly: TestFlyEmulator, id: string): Promise<string> {
  const [row] = await database.db.query<{ fly_id: string }>(
    `select m.fly_id from machines m where m.project_id = $1 and m.state = 'assigned'`,
    [id],
  );
  const address = fly.machines.find(fly.app, row?.fly_id ?? '')?.address;
  if (!address) throw new Error(`Project ${id} has no running machine.`);
  return `${address.host}:${address.port}`;
}
