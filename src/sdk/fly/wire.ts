/**
 * The Machines API as it is spoken: published names, only what Valet sends or reads. Types alone, so that the local
 * platform can share them without sharing code.
 * Source: docs.machines.dev (OpenAPI) and fly.io/docs/machines/api.
 */

/** A newer API may answer a state that is not listed: treat it as passing. */
export type FlyMachineState =
  | 'created'
  | 'starting'
  | 'started'
  | 'stopping'
  | 'stopped'
  | 'suspending'
  | 'suspended'
  | 'restarting'
  | 'updating'
  | 'replacing'
  | 'replaced'
  | 'destroying'
  | 'destroyed'
  | 'failed'
  | 'launch_failed'
  | 'migrated';

/** States that the wait call accepts. */
export type WaitableState = 'started' | 'stopped' | 'suspended' | 'destroyed' | 'failed' | 'settled';

/** What a machine has of processors and memory. Source: https://fly.io/docs/machines/guides-examples/machine-sizing/ */
export interface FlyGuest {
  readonly cpu_kind: 'shared' | 'performance';
  readonly cpus: number;
  readonly memory_mb: number;
}

/** A volume, and where the machine sees it. */
export interface FlyMount {
  readonly volume: string;
  readonly path: string;
}

/** A port of Fly's proxy, and what it does with what arrives there. */
export interface FlyPort {
  readonly port: number;
  readonly handlers: readonly ('http' | 'tls')[];
  readonly force_https?: boolean;
}

/** What Fly's proxy offers of a machine, and when it starts and stops it for that. */
export interface FlyService {
  readonly protocol: 'tcp' | 'udp';
  readonly internal_port: number;
  readonly ports: readonly FlyPort[];
  /** Replies can hold a boolean: false is off, true is stop. */
  readonly autostop?: 'off' | 'stop' | 'suspend' | boolean;
  readonly autostart?: boolean;
  readonly min_machines_running?: number;
  readonly concurrency?: {
    readonly type: 'connections' | 'requests';
    readonly soft_limit?: number;
    readonly hard_limit?: number;
  };
}

/** The configuration of a machine, as far as Valet sends or reads it. */
export interface FlyMachineConfig {
  readonly image: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly guest?: FlyGuest;
  readonly mounts?: readonly FlyMount[];
  readonly services?: readonly FlyService[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly restart?: { readonly policy: 'no' | 'always' | 'on-failure'; readonly max_retries?: number };
  readonly stop_config?: { readonly signal?: string; readonly timeout?: string | number };
  readonly auto_destroy?: boolean;
}

/** A service as it is asked for: the API's defaults differ from fly.toml's, and one without the other is an outage. */
export interface FlyServiceOrder extends FlyService {
  readonly autostop: 'off' | 'stop' | 'suspend';
  readonly autostart: boolean;
}

/** A config as it is asked for. Always whole: Fly replaces, it never merges. */
export interface FlyConfigOrder extends FlyMachineConfig {
  readonly services?: readonly FlyServiceOrder[];
}

/** What is sent to make a machine. */
export interface FlyCreateMachine {
  /** Unique among the app's live machines. */
  readonly name: string;
  /** One region, or several and aliases in the order of preference: `sjc,lax,any`. The answer says which it became. */
  readonly region: string;
  readonly config: FlyConfigOrder;
  /** It stays in `created`. */
  readonly skip_launch?: boolean;
}

/** It restarts a running machine, and leaves one that was stopped or suspended stopped, without its snapshot. */
export interface FlyUpdateMachine {
  readonly config: FlyConfigOrder;
  readonly skip_launch?: boolean;
  /** Compare-and-set on the machine's `instance_id`. */
  readonly current_version?: string;
}

/** Something that happened to a machine. */
export interface FlyMachineEvent {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly request?: unknown;
}

/** A machine, as far as it is read. */
export interface FlyMachine {
  readonly id: string;
  readonly name: string;
  readonly state: FlyMachineState | (string & {});
  readonly region: string;
  /** The version: a new ULID for every update. */
  readonly instance_id: string;
  readonly private_ip: string;
  /** Absent when `host_status` is not `ok`: such a config is never written back. */
  readonly config?: FlyMachineConfig;
  readonly host_status?: 'ok' | 'unknown' | 'unreachable';
  readonly events?: readonly FlyMachineEvent[];
  readonly created_at: string;
  readonly updated_at: string;
}

/** What is sent to make a volume. */
export interface FlyCreateVolume {
  readonly name: string;
  readonly region: string;
  readonly size_gb: number;
  readonly encrypted?: boolean;
  readonly snapshot_retention?: number;
  /** Lets placement take the coming machine's size into account. */
  readonly compute?: FlyGuest;
}

/** A volume, as far as it is read. */
export interface FlyVolume {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly size_gb: number;
  readonly region: string;
  readonly attached_machine_id: string | null;
  readonly created_at: string;
}

/** `error` holds the text; `status` may name a reason such as `insufficient_capacity`. */
export interface FlyErrorBody {
  readonly error?: string;
  readonly message?: string;
  readonly status?: string;
}
