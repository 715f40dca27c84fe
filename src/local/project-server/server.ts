import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ActivityReporter, type ActivityReports } from './activity-reporter.js';
import { InternalApi } from './internal-api.js';
import { defaultLimits, type Limits } from './limits.js';
import { listen } from './listen.js';
import { MachineProtocol } from './machine-protocol.js';
import { OpenCalls } from './open-calls.js';
import { sendJson, sendProblem } from './problem.js';
import { PublicApi } from './public-api.js';
import { type SelfSuspend, watchIdleness } from './self-suspend.js';
import { Traffic } from './traffic.js';
import { Volume } from './volume.js';
import { WebSockets } from './web-sockets.js';

export interface ProjectServerOptions {
  /** The mounted volume. All that survives a restart is in it. */
  readonly dataDir: string;
  /** The bearer of the machine protocol and of activity reports. */
  readonly internalSecret: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** `::` by default: both families, or IPv4 alone where there is no IPv6. */
  readonly host?: string | undefined;
  readonly machineId?: string | undefined;
  /** Left out: activity is not reported. */
  readonly activityReports?: ActivityReports | undefined;
  /** Left out: only others put the machine to sleep. */
  readonly selfSuspend?: SelfSuspend | undefined;
  /** One line for each thing that goes wrong and disturbs nobody. */
  readonly onLog?: ((line: string) => void) | undefined;
  readonly limits?: Partial<Limits> | undefined;
}

export interface ProjectServer {
  readonly port: number;
  /** Closes WebSockets, lets requests in flight end for a bounded while, closes the database. Repeatable. */
  stop(): Promise<void>;
}

/**
 * The program that runs on every machine of the local platform: a small key-value project and the machine's side of the
 * machine protocol.
 * @throws Error when the volume cannot be understood or the port is taken
 */
export async function startProjectServer(options: ProjectServerOptions): Promise<ProjectServer> {
  const parts = assemble(options, { ...defaultLimits, ...options.limits });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopParts(parts);
    return stopping;
  };
  try {
    return { port: await listen(parts.server, options.host ?? '::', options.port), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Parts = ReturnType<typeof assemble>;

function assemble(options: ProjectServerOptions, limits: Limits) {
  const { dataDir, internalSecret, activityReports } = options;
  const volume = new Volume(dataDir);
  const reporter =
    activityReports && new ActivityReporter(activityReports, internalSecret, () => volume.state.project_id);
  const traffic = new Traffic(() => {
    reporter?.used();
    idleWatch?.disturbed();
  });
  const openCalls = new OpenCalls(() => idleWatch?.disturbed());
  const protocol = new MachineProtocol(volume, traffic, limits);
  const boot = { id: randomUUID(), startedAtMs: performance.now(), machineId: options.machineId ?? null };
  const apis = {
    internalApi: new InternalApi(protocol, openCalls, internalSecret),
    publicApi: new PublicApi(volume, traffic, boot),
  };
  const webSockets = new WebSockets(volume, traffic, limits, async () => idleWatch?.answered);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void dispatch(request, response, apis);
  });
  server.on('upgrade', (request, socket, head) => void webSockets.upgrade(request, socket, head));
  const idleWatch =
    options.selfSuspend && watchIdleness(options.selfSuspend, { volume, traffic, openCalls, reporter }, options.onLog);
  return { volume, reporter, idleWatch, protocol, webSockets, server, limits };
}

async function stopParts({ volume, reporter, idleWatch, protocol, webSockets, server, limits }: Parts): Promise<void> {
  idleWatch?.stop();
  reporter?.stop();
  webSockets.stop();
  await Promise.all([protocol.stop(), closeServer(server, webSockets, limits.stopTimeoutMs)]);
  volume.close();
}

interface Apis {
  readonly internalApi: InternalApi;
  readonly publicApi: PublicApi;
}

async function dispatch(request: IncomingMessage, response: ServerResponse, apis: Apis): Promise<void> {
  try {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    // For health checks: the router keeps this path to itself, so it is never a person who asks.
    if (path === '/health') return sendJson(response, { status: 'ok' });
    const internal = path === '/internal' || path.startsWith('/internal/');
    await (internal ? apis.internalApi.handle(request, response, path) : apis.publicApi.handle(request, response));
  } catch (error) {
    sendProblem(response, error);
  }
}

async function closeServer(server: Server, webSockets: WebSockets, timeoutMs: number): Promise<void> {
  if (!server.listening) return;
  server.close();
  const giveUp = setTimeout(() => {
    webSockets.terminate();
    server.closeAllConnections();
  }, timeoutMs);
  await once(server, 'close');
  clearTimeout(giveUp);
}
