import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { Correlation } from '../../src/sdk/correlation.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { RegionNeed } from '../../src/sdk/pool/needs.js';
import type { ProjectId } from '../../src/sdk/projects/project-id.js';
import type { MachineFinding, ProjectView } from '../../src/sdk/routing/ports.js';
import type { ActivityReports, CreateAllowance, CreateLimit, Serving, ServingLoad } from '../../src/sdk/serving.js';
import type { BackgroundTask, TaskLocks } from '../../src/sdk/upkeep/task.js';
import type { ServerConfig } from '../../src/server/config.js';
import { type Metrics, type RunningServer, startServer } from '../../src/server/index.js';
import { type Answers, FakeValet } from './fake-valet.js';
import { TestClock, TestRoutes, TestWaker } from './routing.js';

export const operatorSecret = 'operator-secret-of-the-test';
export const asOperator = { authorization: `Bearer ${operatorSecret}` };
export const machineSecret = 'secret-of-the-machine-of-demo';

/** Nobody else competes; a lock named here is held by another instance. */
export class TestLocks implements TaskLocks {
  readonly heldElsewhere = new Set<number>();
  readonly held = new Set<number>();
  tries = 0;
  #lost = new AbortController();

  /** As when the connection breaks: all that runs under a lock is told so. */
  lose(): void {
    this.#lost.abort(new Error('The direct connection to the database was lost.'));
    this.#lost = new AbortController();
  }

  async tryRun<T>(lock: number, task: (signal: AbortSignal) => Promise<T>, signal = new AbortController().signal) {
    this.tries += 1;
    if (this.heldElsewhere.has(lock)) return { held: true } as const;
    this.held.add(lock);
    try {
      return { held: false, result: await task(AbortSignal.any([signal, this.#lost.signal])) } as const;
    } finally {
      this.held.delete(lock);
    }
  }
}

class TestActivity implements ActivityReports {
  readonly recorded: string[] = [];
  /** Of the database, which it would ask. */
  fault: Error | undefined;

  async byMachine(projectId: string, bearer: string) {
    if (this.fault !== undefined) throw this.fault;
    if (projectId !== 'demo' || bearer !== machineSecret) return 'unauthorized' as const;
    this.recorded.push(`${projectId} by its machine`);
    return 'recorded' as const;
  }

  async byOperator(projectId: string) {
    if (this.fault !== undefined) throw this.fault;
    this.recorded.push(`${projectId} by the operator`);
    return 'ignored' as const;
  }
}

class TestCreateLimit implements CreateLimit {
  readonly taken: string[] = [];
  /** What each create that is over counted for. */
  readonly ended: ('counts' | 'free')[] = [];
  left = 3;

  async begin(clientKey: string): Promise<CreateAllowance> {
    this.taken.push(clientKey);
    if (this.left === 0) {
      const context = { retryAfterSecs: 42, details: { limit: 3 } };
      throw new ValetError('rate_limited', 'Too many creates.', context);
    }
    this.left -= 1;
    const state = { limit: 3, remaining: this.left, resetSecs: 899.2 };
    return { state, end: async (counts) => void this.ended.push(counts ? 'counts' : 'free') };
  }
}

export class TestServing implements Serving {
  readonly routes: TestRoutes;
  readonly waker = new TestWaker();
  readonly locks = new TestLocks();
  readonly activity = new TestActivity();
  readonly createLimit = new TestCreateLimit();
  readonly correlation = new Correlation();
  readonly tasks: BackgroundTask[] = [];
  valet: FakeValet;
  databaseFault: Error | undefined;
  /** Machines that were looked at, by project. */
  readonly observed: string[] = [];
  find: () => Promise<MachineFinding> = async () => ({ kind: 'there' });
  readonly instance = 'instance-of-the-test';
  readonly environment = 'test';
  readonly pool: RegionNeed[] = [];
  loads: ServingLoad = {
    waker: { watched: 0, running: 0, queued: 0 },
    database: { busy: 0, idle: 0, waiting: 0 },
    flyWaiting: 0,
  };

  constructor(answers: Answers = {}, ...views: ProjectView[]) {
    this.valet = new FakeValet(answers);
    this.routes = new TestRoutes(...views);
  }

  get changes(): TestRoutes {
    return this.routes;
  }

  async observe(id: ProjectId): Promise<MachineFinding> {
    this.observed.push(id);
    return this.find();
  }

  async checkDatabase(): Promise<void> {
    if (this.databaseFault !== undefined) throw this.databaseFault;
  }

  load(): ServingLoad {
    return this.loads;
  }

  async poolRegions(): Promise<readonly RegionNeed[]> {
    await this.checkDatabase();
    return this.pool;
  }
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined if it is none. */
  readonly json: unknown;
}

/** One request over a connection of its own. */
export async function ask(port: number, asked: Asked = {}): Promise<Answered> {
  const { method = 'GET', path = '/', host = 'localhost', headers = {}, body, signal } = asked;
  const isObject = typeof body === 'object';
  const sent = request({
    port,
    host: '127.0.0.1',
    method,
    path,
    headers: { host, connection: 'close', ...(isObject && { 'content-type': 'application/json' }), ...headers },
    ...(signal !== undefined && { signal }),
  });
  const answering = once(sent, 'response');
  sent.end(isObject ? JSON.stringify(body) : body);
  const [response] = await answering;
  const answer = await text(response);
  return { status: response.statusCode, headers: response.headers, text: answer, json: parsed(answer) };
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends these bytes and answers all that came back until the server closed. */
export async function askRaw(port: number, bytes: string): Promise<string> {
  const socket = await openSocket(port);
  socket.write(bytes, 'latin1');
  return text(socket);
}

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly port: number;
  readonly privatePort: number;
  readonly clock: TestClock;
  /** What was logged, parsed. */
  readonly logged: readonly Record<string, unknown>[];
}

const testConfig: ServerConfig = {
  host: '127.0.0.1',
  port: 0,
  privatePort: 0,
  secrets: ['older-secret', operatorSecret],
  corsOrigins: [],
  trustFlyProxy: false,
  routerDomain: 'valet.test',
  wakeTimeoutMs: 20_000,
  replayTimeoutSecs: 10,
  noticeMs: 0,
  drainMs: 5_000,
};

export async function startTestServer(
  serving: Serving,
  config: Partial<ServerConfig> = {},
  metrics?: Metrics,
): Promise<TestServer> {
  const clock = new TestClock();
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const told = { serving, log, version: '1.2.3', now: clock.now, ...(metrics !== undefined && { metrics }) };
  const server = await startServer({ config: { ...testConfig, ...config }, ...told });
  return {
    server,
    port: server.address.port,
    privatePort: server.privateAddress?.port ?? 0,
    clock,
    logged,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
