import type { MachineHost } from '../fly/machine-host.js';

export interface ControlPlaneInstance {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

export interface ProxyOptions {
  readonly machines: MachineHost;
  /** The app whose machines hold projects: those that autostop looks at. */
  readonly machineApp: string;
  /** The app that answers every host name. `instances` is asked again for each request. */
  readonly controlPlane: { readonly app: string; instances(): readonly ControlPlaneInstance[] };
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly region?: string;
  /** Absent: no machine is ever put to sleep. */
  readonly autostop?: { readonly passMs: number; readonly idleMs: number };
  /** How long a dead target is tried before the empty 502; about 7.5 s were seen on Fly. */
  readonly deadTargetDelayMs?: number;
  /** Silence of an upstream before it is given up; also the longest wait for a machine's start. */
  readonly requestTimeoutMs?: number;
  /** One line per refusal or failed wake, led by Fly's error code where it has one. Carries no header and no path. */
  readonly onLog?: (line: string) => void;
}

export interface ProxySettings {
  readonly region: string;
  readonly deadTargetDelayMs: number;
  readonly requestTimeoutMs: number;
  /** "Requests larger than 1MB cannot be replayed": fly.io/docs/networking/dynamic-request-routing */
  readonly maxReplayBodyBytes: number;
  readonly log: (line: string) => void;
}

export interface LocalProxy {
  readonly url: string;
  readonly port: number;
  /** Runs one autostop pass now, after one that is under way, and answers the ids of the machines it put to sleep. */
  autostopPass(): Promise<string[]>;
  /** Ends every connection, upgraded ones too. */
  stop(): Promise<void>;
}

export function settingsOf(options: ProxyOptions): ProxySettings {
  return {
    region: options.region ?? 'sjc',
    deadTargetDelayMs: options.deadTargetDelayMs ?? 7_500,
    requestTimeoutMs: options.requestTimeoutMs ?? 120_000,
    maxReplayBodyBytes: 1_048_576,
    log: options.onLog ?? (() => undefined),
  };
}
