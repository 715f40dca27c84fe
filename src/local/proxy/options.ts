import { Clock } from '../clock.js';
import type { MachineHost } from '../fly/machine-host.js';
import { type ProxyUnconfirmed, safeAssumptions } from '../fly/proxy-unconfirmed.js';

export interface ControlPlaneInstance {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** The proxy's own by default. */
  readonly region?: string;
}

export interface ControlPlaneMembers {
  readonly app: string;
  /** Programs outside of the emulator, asked for again at each request. Absent: the machines of `app` in the emulator. */
  instances?(): readonly ControlPlaneInstance[];
}

/** What the proxy routes to, and how. */
export interface ProxyOptions {
  readonly machines: MachineHost;
  /** The app whose machines hold projects. Autostop looks at it, at the control plane's and at any that had traffic. */
  readonly machineApp: string;
  /** The app that answers every host name but `{app}.fly.localhost` of an app that exists. */
  readonly controlPlane: ControlPlaneMembers;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Where the proxy pretends to be. */
  readonly region?: string;
  /** Where `min_machines_running` counts; the proxy's own region by default. */
  readonly primaryRegion?: string;
  /** Absent: no machine is ever put to sleep. `idleMs`: how long nothing may have begun or ended on a machine. */
  readonly autostop?: { readonly passMs: number; readonly idleMs: number };
  /** How long a dead target is tried before the empty 502; about 7.5 s were seen on Fly. */
  readonly deadTargetDelayMs?: number;
  /** Silence of an upstream before it is given up; also the longest wait for a machine's start. */
  readonly requestTimeoutMs?: number;
  /** Counts idle times, delays and timeouts; the computer's time by default. Silence of an upstream is always real. */
  readonly clock?: Clock;
  /** Whether the organisation has allowed replays to its other networks; not by default, as on Fly. */
  readonly crossNetworkReplays?: () => boolean;
  /** Asked at each request, so that it may be changed meanwhile; the safe assumptions by default. */
  readonly unconfirmed?: Readonly<ProxyUnconfirmed>;
  /** One line per refusal or failed wake, led by Fly's error code where it has one. Carries no header and no path. */
  readonly onLog?: (line: string) => void;
}

export interface ProxySettings {
  readonly region: string;
  readonly deadTargetDelayMs: number;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly crossNetworkReplays: () => boolean;
  readonly unconfirmed: Readonly<ProxyUnconfirmed>;
  readonly log: (line: string) => void;
}

/** A running stand-in for Fly's proxy. */
export interface LocalProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Runs one autostop pass now, after one that is under way, and answers the ids of the machines it put to sleep. */
  autostopPass(): Promise<string[]>;
  /** Ends every connection, upgraded ones too. Repeatable. */
  stop(): Promise<void>;
}

export function settingsOf(options: ProxyOptions): ProxySettings {
  return {
    region: options.region ?? 'sjc',
    deadTargetDelayMs: options.deadTargetDelayMs ?? 7_500,
    requestTimeoutMs: options.requestTimeoutMs ?? 120_000,
    clock: options.clock ?? new Clock(),
    crossNetworkReplays: options.crossNetworkReplays ?? (() => false),
    unconfirmed: options.unconfirmed ?? safeAssumptions,
    log: options.onLog ?? (() => undefined),
  };
}
