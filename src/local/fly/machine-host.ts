import type { FlyMachineState } from '../../sdk/fly/wire.js';

/**
 * What the proxy and the private network see of the emulated machines. The machines' own file implements it; neither
 * side knows more of the other.
 */
export interface MachineHost {
  /** Undefined when no such machine is in that app, also after it was destroyed. */
  find(app: string, machineId: string): HostedMachine | undefined;
  /** Machines of the app that are not destroyed. */
  list(app: string): readonly HostedMachine[];
}

export interface HostedMachine {
  readonly id: string;
  readonly app: string;
  readonly region: string;
  readonly state: FlyMachineState;
  /** The first service's settings; a machine without services gets no traffic from the proxy. */
  readonly service:
    | { readonly internalPort: number; readonly autostart: boolean; readonly autostop: Autostop }
    | undefined;
  /** Where the machine's process really listens for `internalPort`; undefined while it is not started. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /**
   * Starts a stopped or resumes a suspended machine and resolves once it is `started`; at once if it is.
   * @throws when the machine is in a state that forbids it, or does not come up within the host's bound
   */
  start(source: 'proxy' | 'user'): Promise<void>;
  /** Suspends or stops for lack of traffic; resolves when done, does nothing unless `started`. */
  autostop(kind: Exclude<Autostop, 'off'>): Promise<void>;
}

export type Autostop = 'off' | 'stop' | 'suspend';
