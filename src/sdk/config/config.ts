import type { Secret } from '../secret.js';

/** Everything that can be set, checked and frozen. docs/configuration.md says what each means. */
export interface Config {
  readonly core: CoreConfig;
  readonly fly: FlyConfig;
  readonly pool: PoolConfig;
  readonly r2: R2Config;
  readonly dormancy: DormancyConfig;
  readonly routing: RoutingConfig;
}

/** Who this instance is, its database, its ports and its secrets. */
export interface CoreConfig {
  readonly databaseUrl: Secret;
  /** Never through a pooler. */
  readonly databaseDirectUrl: Secret;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** 0: a free one. */
  readonly privatePort: number;
  /** All are accepted as an operator's bearer. Never empty. */
  readonly secrets: readonly Secret[];
  /** The first derives the secrets of new machines; all are tried. Never empty. */
  readonly internalSecrets: readonly Secret[];
  /** 32 bytes each, in base64. The first seals, all open. Never empty. */
  readonly sealKeys: readonly Secret[];
  readonly environment: string;
  readonly instance: string;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  readonly trustFlyProxy: boolean;
  /** `*` stands for any. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: LogLevel;
}

/** From which level on lines are logged. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** The Fly app in which machines are made, and what they are like. */
export interface FlyConfig {
  readonly token: Secret;
  readonly app: string;
  readonly region: string;
  readonly vmSize: string;
  readonly memoryMb: number;
  readonly volumeGb: number;
  readonly image: string;
  /** Without a slash at its end, as are all URLs here. */
  readonly apiUrl: string;
  /** Off where the API has no limits that calls would have to wait for. */
  readonly rateLimit: 'on' | 'off';
  /** Template with `{machine_id}` and `{app}`. */
  readonly machineUrl: string;
}

/** How many machines are kept ready, where, and how. */
export interface PoolConfig {
  /** Members to keep ready, by region; a region once. */
  readonly targets: readonly { readonly region: string; readonly target: number }[];
  readonly replenishIntervalSecs: number;
  readonly standby: 'started' | 'suspended';
}

/** Where archives are kept. */
export interface R2Config {
  readonly endpoint: string;
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  readonly bucket: string;
  readonly machineR2: boolean;
}

/** When projects are put away, and how long what they leave is kept. */
export interface DormancyConfig {
  readonly thresholdDays: number;
  readonly volumeKeepHours: number;
  readonly archivesKept: number;
  readonly deletedArchiveDays: number;
}

/** How requests find their projects. */
export interface RoutingConfig {
  /** In lower case, without a dot at its end. */
  readonly domain: string | undefined;
  readonly wakeTimeoutSecs: number;
  /** 0: the replay header is left bare. */
  readonly replayTimeoutSecs: number;
  /** Routes kept in memory. */
  readonly cacheEntries: number;
  /** `none`, `preset`, or the path of a file. */
  readonly observers: string;
}

/** What it takes to ask a running `valet serve`. */
export interface ClientConfig {
  /** Undefined: there is no `valet serve` to ask. */
  readonly url: string | undefined;
  /** What to send as bearer. */
  readonly secret: Secret | undefined;
  /** The environment that is meant; undefined: whichever answers. */
  readonly environment: string | undefined;
}
