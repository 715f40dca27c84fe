import type { RequestListener, Server } from 'node:http';
import type { Logger } from 'pino';
import type { ServerStatus } from '../sdk/resources.js';
import { Observers } from '../sdk/routing/observers.js';
import { Router } from '../sdk/routing/router.js';
import type { Serving } from '../sdk/serving.js';
import { buildApi } from './api/app.js';
import { Auth } from './auth.js';
import type { ServerConfig } from './config.js';
import { Connections } from './connections.js';
import { Dispatch } from './dispatch.js';
import { InFlight } from './in-flight.js';
import { type Limits, privateLimits, publicLimits } from './limits.js';
import { type Address, closeListener, createListener, listen } from './listener.js';
import { loggedError } from './logged-error.js';
import { Loops } from './loops.js';
import { Metrics } from './metrics/metrics.js';
import { privateHandler } from './private-port.js';
import { ProjectRequests } from './project-requests.js';
import { Readiness } from './readiness.js';
import { shutDown } from './shutdown.js';
import { statusOf } from './status.js';

/** What a server is made of. */
export interface StartServerOptions {
  readonly config: ServerConfig;
  /** Stays the caller's: close it after the server has stopped. */
  readonly serving: Serving;
  readonly log: Logger;
  readonly version: string;
  /** Told by the control plane, shown by this server, and closed with it; one of its own if left out. */
  readonly metrics?: Metrics;
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number;
}

/** A server that listens, and whose loops run. */
export interface RunningServer extends AsyncDisposable {
  readonly address: Address;
  readonly privateAddress: Address | undefined;
  /** Of the public port. */
  readonly connections: Pick<Connections, 'open' | 'dropped' | 'cut'>;
  /** Finishes what is under way, within the drain time, then closes everything. Idempotent. */
  stop(): Promise<void>;
}

const redacted = ['authorization', '*.authorization', '*.headers.authorization', '*.headers.cookie'];
const readinessCloseMs = 1_000;

/** Resolves once the public and the private port listen; the loops run from then on. @throws ValetError `port_in_use` */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { config, serving, version, now = () => performance.now(), metrics = new Metrics({ regions: [] }) } = options;
  const log = options.log.child(
    {},
    { redact: redacted, serializers: { err: (thrown: unknown) => loggedError(thrown) } },
  );
  const inFlight = new InFlight();
  const router = createRouter(options, log);
  const loops = new Loops({ tasks: serving.tasks, locks: serving.locks, log, now });
  let stopping: Promise<void> | undefined;
  const seen = { serving, router, loops, inFlight, version, now, stopping: () => stopping !== undefined };
  const { server, dispatch } = await createPublicServer(options, { log, inFlight, router, status: statusOf(seen) });
  const answer = privateHandler({ readiness: new Readiness(seen), metrics, log, now });
  const readiness = createListener(answer, privateLimits);
  const connections = new Connections({ server, listener: 'public', limits: limitsOf(config), log });
  metrics.watch({ ...seen, connections });
  new Connections({ server: readiness, listener: 'private', limits: privateLimits, log });

  try {
    const address = await listen(server, config.host, config.port);
    const privateAddress =
      config.privatePort === undefined ? undefined : await listen(readiness, config.host, config.privatePort);
    loops.start();
    log.info({ address, private_address: privateAddress, version }, 'serving');
    const times = { noticeMs: config.noticeMs ?? 1_000, drainMs: config.drainMs ?? 10_000 };
    const parts = { server, connections, readiness, dispatch, inFlight, loops, router, log, ...times };
    const stop = () => (stopping ??= shutDown(parts).finally(() => metrics[Symbol.dispose]()));
    return { address, privateAddress, connections, stop, [Symbol.asyncDispose]: stop };
  } catch (thrown) {
    metrics[Symbol.dispose]();
    await Promise.all([closeListener(server, 0), closeListener(readiness, readinessCloseMs), router.close()]);
    throw thrown;
  }
}

function createRouter({ config, serving, now }: StartServerOptions, log: Logger): Router {
  return new Router({
    source: serving.routes,
    changes: serving.changes,
    waker: serving.waker,
    observe: (id, signal) => serving.observe(id, signal),
    routerDomain: config.routerDomain,
    replay: { timeoutSecs: config.replayTimeoutSecs },
    wakeTimeoutMs: config.wakeTimeoutMs,
    report: (err) => log.error({ err }, 'routing is in trouble'),
    ...(config.cacheEntries !== undefined && { maxEntries: config.cacheEntries }),
    ...(config.maxHeld !== undefined && { maxHeld: config.maxHeld }),
    ...(config.flushMs !== undefined && { flushMs: config.flushMs }),
    ...(now !== undefined && { now }),
  });
}

function limitsOf({ wakeTimeoutMs, limits }: ServerConfig): Limits {
  return { ...publicLimits(wakeTimeoutMs), ...limits };
}

interface PublicParts {
  readonly log: Logger;
  readonly inFlight: InFlight;
  readonly router: Router;
  readonly status: () => ServerStatus;
}

/** One server for both: Fastify hands over its handler instead of listening, and the dispatch stands before it. */
async function createPublicServer(
  { config, serving, version, now = () => performance.now() }: StartServerOptions,
  { log, inFlight, router, status }: PublicParts,
): Promise<{ server: Server; dispatch: Dispatch }> {
  const { valet, activity, createLimit, correlation, environment } = serving;
  const auth = new Auth(config.secrets);
  const observers = Observers.of(config.observers ?? []);
  const projects = new ProjectRequests({ router, inFlight, observers, correlation, log });
  const made = Promise.withResolvers<{ server: Server; dispatch: Dispatch }>();
  const factory = (handler: RequestListener): Server => {
    const dispatch = new Dispatch(router, projects, handler);
    const handle: RequestListener = (request, response) => dispatch.handle(request, response);
    const server = createListener(handle, limitsOf(config));
    server.on('checkContinue', (request, response) => dispatch.handleExpecting(request, response));
    made.resolve({ server, dispatch });
    return server;
  };
  const { trustFlyProxy, corsOrigins, heartbeatMs = 15_000 } = config;
  const given = { valet, activity, createLimit, correlation, environment, trustFlyProxy, corsOrigins, heartbeatMs };
  const parts = { ...given, version, router, status, auth, inFlight, now };
  await buildApi(parts, log, factory);
  return made.promise;
}
