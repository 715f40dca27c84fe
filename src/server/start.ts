import type { RequestListener, Server } from 'node:http';
import type { Logger } from 'pino';
import { Router } from '../sdk/routing/router.js';
import type { Serving } from '../sdk/serving.js';
import { buildApi } from './api/app.js';
import { Auth } from './auth.js';
import type { ServerConfig } from './config.js';
import { Dispatch } from './dispatch.js';
import { InFlight } from './in-flight.js';
import { type Address, closeListener, createListener, listen } from './listener.js';
import { Loops } from './loops.js';
import { ProjectRequests } from './project-requests.js';
import { readinessHandler } from './readiness.js';
import { shutDown } from './shutdown.js';

export interface StartServerOptions {
  readonly config: ServerConfig;
  /** Stays the caller's: close it after the server has stopped. */
  readonly serving: Serving;
  readonly log: Logger;
  readonly version: string;
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number;
}

export interface RunningServer {
  readonly address: Address;
  readonly privateAddress: Address | undefined;
  /** Finishes what is under way, within the drain time, then closes everything. Idempotent. */
  stop(): Promise<void>;
}

const redacted = ['authorization', '*.authorization', '*.headers.authorization', '*.headers.cookie'];
const privateRequestTimeoutMs = 15_000;
/** On top of the wake timeout, since a held request's body may not have been read yet. */
const requestGraceMs = 30_000;
const readinessCloseMs = 1_000;

/** Resolves once the public and the private port listen; the loops run from then on. @throws ValetError `port_in_use` */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { config, serving, version, now } = options;
  const log = options.log.child({}, { redact: redacted });
  const inFlight = new InFlight();
  const router = createRouter(options, log);
  const loops = new Loops({ tasks: serving.tasks, locks: serving.locks, log, ...(now !== undefined && { now }) });
  const { server, dispatch } = await createPublicServer(options, { log, inFlight, router });
  let stopping: Promise<void> | undefined;
  const isStopping = () => stopping !== undefined;
  const readiness = createListener(readinessHandler({ serving, loops, stopping: isStopping }), privateRequestTimeoutMs);

  try {
    const address = await listen(server, config.host, config.port);
    const privateAddress =
      config.privatePort === undefined ? undefined : await listen(readiness, config.host, config.privatePort);
    loops.start();
    log.info({ address, private_address: privateAddress, version }, 'serving');
    const parts = { server, readiness, dispatch, inFlight, loops, router, log, drainMs: config.drainMs ?? 10_000 };
    return { address, privateAddress, stop: () => (stopping ??= shutDown(parts)) };
  } catch (thrown) {
    await Promise.all([closeListener(server, 0), closeListener(readiness, readinessCloseMs), router.close()]);
    throw thrown;
  }
}

function createRouter({ config, serving, now }: StartServerOptions, log: Logger): Router {
  return new Router({
    source: serving.routes,
    changes: serving.changes,
    waker: serving.waker,
    routerDomain: config.routerDomain,
    replay: { timeoutSecs: config.replayTimeoutSecs },
    wakeTimeoutMs: config.wakeTimeoutMs,
    report: (err) => log.error({ err }, 'activity cannot be written'),
    ...(config.maxHeld !== undefined && { maxHeld: config.maxHeld }),
    ...(config.flushMs !== undefined && { flushMs: config.flushMs }),
    ...(now !== undefined && { now }),
  });
}

interface PublicParts {
  readonly log: Logger;
  readonly inFlight: InFlight;
  readonly router: Router;
}

/** One server for both: Fastify hands over its handler instead of listening, and the dispatch stands before it. */
async function createPublicServer(
  { config, serving, version }: StartServerOptions,
  { log, inFlight, router }: PublicParts,
): Promise<{ server: Server; dispatch: Dispatch }> {
  const { valet, activity, createLimit } = serving;
  const auth = new Auth(config.secrets);
  const projects = new ProjectRequests(router, inFlight, log);
  const made = Promise.withResolvers<{ server: Server; dispatch: Dispatch }>();
  const factory = (handler: RequestListener): Server => {
    const dispatch = new Dispatch(router, projects, handler);
    const handle: RequestListener = (request, response) => dispatch.handle(request, response);
    const server = createListener(handle, config.wakeTimeoutMs + requestGraceMs);
    made.resolve({ server, dispatch });
    return server;
  };
  const { trustFlyProxy, corsOrigins, heartbeatMs = 15_000 } = config;
  const parts = {
    valet,
    activity,
    createLimit,
    router,
    auth,
    inFlight,
    trustFlyProxy,
    corsOrigins,
    version,
    heartbeatMs,
  };
  await buildApi(parts, log, factory);
  return made.promise;
}
