import type { FlyMachineState } from '../../sdk/fly/wire.js';

/**
 * What the proxy and the private network see of the emulated machines. The machines' own file implements it; neither
 * side knows more of the other.
 */
export interface MachineHost {
  /** Undefined when there is no such app. */
  findApp(app: string): HostedApp | undefined;
  /** Undefined when no such machine is in that app, also after it was destroyed. */
  find(app: string, machineId: string): HostedMachine | undefined;
  /** Machines of the app that are not destroyed. */
  list(app: string): readonly HostedMachine[];
}

export interface HostedApp {
  readonly name: string;
  readonly org: string;
  /** Its private network; a replay reaches others only if the organisation allows it. */
  readonly network: string;
}

export interface HostedMachine {
  readonly id: string;
  readonly app: string;
  readonly region: string;
  readonly state: FlyMachineState;
  /** Gets no new traffic. */
  readonly cordoned: boolean;
  /** The first service's settings; a machine without services gets no traffic from the proxy. */
  readonly service: HostedService | undefined;
  /** Where the machine's process really listens for `internalPort`; undefined while it is not started or not reachable. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /**
   * Starts a stopped or resumes a suspended machine and resolves once it is `started`; at once if it is.
   * @throws when the machine is in a state that forbids it, somebody holds its lease, or it does not come up within the
   * host's bound
   */
  start(source: 'proxy' | 'user'): Promise<void>;
  /** Suspends or stops for lack of traffic; resolves when done, does nothing unless `started`. */
  autostop(kind: Exclude<Autostop, 'off'>): Promise<void>;
}

export interface HostedService {
  readonly internalPort: number;
  /** The ports of the outside on which it is offered. */
  readonly publicPorts: readonly number[];
  readonly autostart: boolean;
  readonly autostop: Autostop;
  /** Kept running by autostop, in the app's primary region. */
  readonly minMachinesRunning: number;
  readonly concurrency: {
    readonly type: 'connections' | 'requests';
    /** 20 unless the config says otherwise. */
    readonly softLimit: number;
    readonly hardLimit: number | undefined;
  };
}

export type Autostop = 'off' | 'stop' | 'suspend';
