import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HostedApp, HostedMachine, HostedService, MachineHost } from '../../src/local/fly/machine-host.js';
import { type ProxyUnconfirmed, safeAssumptions } from '../../src/local/fly/proxy-unconfirmed.js';
import type { ProxyOptions } from '../../src/local/proxy/options.js';
import { startProxy } from '../../src/local/proxy/proxy.js';

/** A node:http server on a port of its own that can die like a killed process: all connections reset at once. */
export class TestServer {
  readonly #sockets = new Set<Socket>();
  readonly server: Server;
  #port = 0;

  constructor(handler: RequestListener) {
    this.server = createServer(handler);
    this.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
    });
  }

  /** After the first time on the same port again. */
  async listen(): Promise<this> {
    this.server.listen(this.#port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The test server has no port.');
    this.#port = address.port;
    return this;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  get connections(): number {
    return this.#sockets.size;
  }

  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async kill(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.resetConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A machine whose program is a server in this process. Its fields may be set by a test at any moment. */
export interface TestMachine extends Mutable<Omit<HostedMachine, 'address'>> {
  readonly address: HostedMachine['address'];
  readonly program: TestServer;
  readonly starts: string[];
  readonly autostops: string[];
  /** What a start or an autostop waits for; a rejection makes it fail. */
  gate: () => Promise<void>;
  /** False: `started` without listening yet. */
  listens: boolean;
}

export class TestMachines implements MachineHost {
  readonly all: TestMachine[] = [];
  readonly #apps = new Map<string, HostedApp>();

  /** An app exists from its first machine on, or from here, with an organisation or network of its own. */
  addApp(name: string, changes: Partial<HostedApp> = {}): void {
    this.#apps.set(name, { name, org: 'personal', network: 'default', ...changes });
  }

  findApp(name: string): HostedApp | undefined {
    return this.#apps.get(name);
  }

  find(app: string, machineId: string): HostedMachine | undefined {
    return this.list(app).find((one) => one.id === machineId);
  }

  list(app: string): readonly HostedMachine[] {
    return this.all.filter((one) => one.app === app && one.state !== 'destroyed');
  }

  async add(id: string, handler: RequestListener, changes: Partial<TestMachine> = {}): Promise<TestMachine> {
    const program = await new TestServer(handler).listen();
    const machine: TestMachine = {
      id,
      app: 'projects',
      region: 'sjc',
      state: 'started',
      cordoned: false,
      service: testService(),
      program,
      starts: [],
      autostops: [],
      gate: async () => undefined,
      listens: true,
      get address() {
        return this.state === 'started' ? program.address : undefined;
      },
      async start(source) {
        this.starts.push(source);
        await this.gate();
        this.state = 'started';
        if (this.listens && !program.server.listening) await program.listen();
      },
      async autostop(kind) {
        this.autostops.push(kind);
        await this.gate();
        this.state = kind === 'stop' ? 'stopped' : 'suspended';
      },
    };
    // Not a copy: the getter must stay one.
    this.all.push(Object.assign(machine, changes));
    if (!this.#apps.has(machine.app)) this.addApp(machine.app);
    return machine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((one) => one.program.kill()));
  }
}

export function testService(changes: Partial<HostedService> = {}): HostedService {
  return {
    internalPort: 3000,
    publicPorts: [80, 443],
    autostart: true,
    autostop: 'suspend',
    minMachinesRunning: 0,
    concurrency: { type: 'requests', softLimit: 1, hardLimit: undefined },
    ...changes,
  };
}

interface ChosenAnswers {
  readonly unconfirmed?: Partial<ProxyUnconfirmed>;
}

export interface ProxyBench extends AsyncDisposable {
  readonly port: number;
  readonly proxy: Awaited<ReturnType<typeof startProxy>>;
  /** May be written to. */
  readonly unconfirmed: ProxyUnconfirmed;
  readonly machines: TestMachines;
  readonly instances: readonly TestServer[];
  readonly log: string[];
}

/** The proxy over one control plane instance per handler, named `cp-1`, `cp-2`, …, and no machine yet. */
export async function proxyBench(
  handlers: RequestListener[],
  { unconfirmed: answers, ...options }: Omit<Partial<ProxyOptions>, 'unconfirmed'> & ChosenAnswers = {},
): Promise<ProxyBench> {
  const unconfirmed = { ...safeAssumptions, ...answers };
  const machines = new TestMachines();
  const instances = await Promise.all(handlers.map((handler) => new TestServer(handler).listen()));
  const log: string[] = [];
  const proxy = await startProxy({
    machines,
    machineApp: 'projects',
    controlPlane: {
      app: 'control-plane',
      instances: () => instances.map((one, at) => ({ id: `cp-${at + 1}`, ...one.address })),
    },
    deadTargetDelayMs: 300,
    unconfirmed,
    onLog: (line) => log.push(line),
    ...options,
  });
  return {
    port: proxy.port,
    proxy,
    unconfirmed,
    machines,
    instances,
    log,
    async [Symbol.asyncDispose]() {
      await proxy.stop();
      await Promise.all([machines[Symbol.asyncDispose](), ...instances.map((one) => one.kill())]);
    },
  };
}

/** A control plane that answers every request with this replay. */
export function replaying(header: string): RequestListener {
  return (asked, response) => {
    asked.resume();
    response.writeHead(307, { 'fly-replay': header }).end('never shown');
  };
}

export async function until(condition: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > giveUpAtMs) throw new Error(`Never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The proxy notices the end of a connection a little after its ends do. */
export async function passesUntilAsleep(bench: ProxyBench, machine: TestMachine): Promise<void> {
  await until(() => {
    void bench.proxy.autostopPass();
    return machine.autostops.length > 0;
  });
}
