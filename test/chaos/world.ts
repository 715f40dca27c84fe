import { randomBytes } from 'node:crypto';
import { MachineProtocol } from '../../src/sdk/machines/protocol.js';
import { Router } from '../../src/sdk/routing/router.js';
import { testDatabase } from '../support/database.js';
import { callApi } from '../support/fly-api.js';
import { forwardHttp } from '../support/http-forwarder.js';
import { type Instance, startInstance } from '../support/instance.js';
import type { Place } from '../support/invariants.js';
import { OutwardCalls, type Verdict } from '../support/outward-calls.js';
import { watchDeletions } from './deletions.js';
import type { Ground } from './ground.js';
import { Touches } from './touches.js';

const internalSecret = 'internal-secret-of-the-run';

export type Side = 'left' | 'right';
export const sides: readonly Side[] = ['left', 'right'];

/** An instance as people meet it: with the router in front. */
export interface Front {
  readonly instance: Instance;
  readonly router: Router;
}

/** Where one run takes place: a database and an app at Fly of its own, and two instances, which may be replaced. */
export class World implements Place, AsyncDisposable {
  readonly database;
  readonly fly;
  readonly protocol: MachineProtocol;
  readonly store;
  /** What was given up at Fly although it should not have been. */
  readonly wrongDeletions: string[];
  /** The next of the machines' uploads, one after the other. */
  readonly uploads: Verdict[];
  readonly touches = new Touches();
  readonly #outside;
  readonly #env: Readonly<Record<string, string>>;
  readonly #fronts = new Map<Side, Front>();
  readonly #stack: AsyncDisposableStack;
  #started = 0;

  private constructor(parts: Awaited<ReturnType<typeof openParts>>, stack: AsyncDisposableStack) {
    this.database = parts.database;
    this.fly = parts.fly;
    this.protocol = parts.protocol;
    this.store = parts.store;
    this.wrongDeletions = parts.wrongDeletions;
    this.uploads = parts.uploads;
    this.#outside = parts.outside;
    this.#env = parts.env;
    this.#stack = stack;
  }

  static async open(ground: Ground, env: Readonly<Record<string, string>>): Promise<World> {
    await using opening = new AsyncDisposableStack();
    const parts = await openParts(ground, env, opening);
    const instances = opening.use(new AsyncDisposableStack());
    const world = new World(parts, instances);
    await Promise.all(sides.map((side) => world.replace(side)));
    const opened = opening.move();
    world.#close = () => opened.disposeAsync();
    return world;
  }

  #close: () => Promise<void> = async () => undefined;

  front(side: Side): Front {
    const front = this.#fronts.get(side);
    if (!front) throw new Error(`There is no instance on the ${side}.`);
    return front;
  }

  /** As a new process takes the place of one that has died. */
  async replace(side: Side): Promise<void> {
    const instance = await this.start();
    const { routes, changes, waker } = instance.serving;
    const router = new Router({
      source: this.touches.watching(routes),
      changes,
      waker,
      // The passes of the script look at machines.
      observe: async () => ({ kind: 'unknown' }),
      routerDomain: undefined,
      replay: { timeoutSecs: 10 },
      wakeTimeoutMs: 3_000,
      // At once, so that what a request moves is moved when it has ended.
      flushMs: 0,
    });
    this.#stack.defer(() => router.close());
    this.#fronts.set(side, { instance, router });
  }

  async start(): Promise<Instance> {
    this.#started += 1;
    return this.#stack.use(await startInstance(`instance-${this.#started}`, this.#outside, this.#env));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

async function openParts(ground: Ground, env: Readonly<Record<string, string>>, opening: AsyncDisposableStack) {
  const app = `run-${randomBytes(6).toString('hex')}`;
  const database = opening.use(await testDatabase());
  await callApi(ground.fly, 'POST', '/apps', { body: { app_name: app, org_slug: 'personal' } });
  opening.defer(async () => {
    await callApi(ground.fly, 'DELETE', `/apps/${app}?force=true`);
  });
  const protocol = opening.adopt(
    new MachineProtocol({ urlTemplate: ground.machineUrlTemplate, app, internalSecrets: [internalSecret] }),
    (it) => it.close(),
  );
  const deletions = new OutwardCalls();
  const wrongDeletions = watchDeletions(deletions, database.db);
  const watched = opening.use(
    await forwardHttp(ground.fly.url, deletions, ({ method, url }) => (method === 'DELETE' ? (url ?? '') : null)),
  );
  const uploads: Verdict[] = [];
  const stored = new OutwardCalls();
  stored.intervene(() => uploads.shift());
  const storeUrl = opening.use(
    await forwardHttp(ground.storeUrl, stored, ({ method }) => (method === 'PUT' ? 'upload' : null)),
  ).url;
  return {
    database,
    protocol,
    wrongDeletions,
    uploads,
    fly: { ...ground.fly, app },
    store: ground.store,
    outside: {
      databaseUrl: database.url,
      flyUrl: watched.url,
      machineUrl: new URL(ground.machineUrlTemplate).origin,
      storeUrl,
    },
    env: {
      CONTROL_PLANE_SECRET: 'operator-secret-of-the-run',
      CONTROL_PLANE_INTERNAL_SECRET: internalSecret,
      VALET_ENVIRONMENT: app,
      VALET_PUBLIC_URL: 'http://127.0.0.1:9',
      VALET_FLY_TOKEN: ground.fly.token,
      VALET_FLY_APP: app,
      VALET_FLY_IMAGE: 'registry.fly.io/test:1',
      VALET_FLY_RATE_LIMIT: 'off',
      R2_ACCESS_KEY_ID: 'S3RVER',
      R2_SECRET_ACCESS_KEY: 'S3RVER',
      WARM_POOL_SIZE: '1',
      // So that pruning has something to do.
      ARCHIVES_KEPT: '2',
      ...env,
    },
  };
}
