import type {
  ClientConfig,
  CoreConfig,
  DormancyConfig,
  FlyConfig,
  PoolConfig,
  R2Config,
  RoutingConfig,
} from './config.js';
import { defaultInstance, defaultPublicUrl, derivedSealKeys, runsOnFly } from './derived.js';
import type { ConfigReader } from './reader.js';
import type { Environment } from './variable.js';
import { client, core, dormancy, fly, pool, r2, routing } from './variables.js';

export function readCore(env: Environment, reader: ConfigReader): CoreConfig {
  const databaseUrl = reader.value(core.databaseUrl);
  const port = reader.value(core.port);
  const secrets = reader.value(core.secrets);
  const internalSecrets = reader.optional(core.internalSecrets) ?? secrets;
  return {
    databaseUrl,
    databaseDirectUrl: reader.optional(core.databaseDirectUrl) ?? databaseUrl,
    host: reader.value(core.host),
    port,
    privatePort: reader.value(core.privatePort),
    secrets,
    internalSecrets,
    sealKeys: reader.optional(core.sealKeys) ?? derivedSealKeys(internalSecrets),
    environment: reader.optional(core.environment) ?? reader.value(fly.app),
    instance: reader.optional(core.instance) ?? defaultInstance(env),
    publicUrl: reader.optional(core.publicUrl) ?? defaultPublicUrl(reader.optional(routing.domain), port),
    trustFlyProxy: reader.optional(core.trustFlyProxy) ?? runsOnFly(env),
    corsOrigins: reader.optional(core.corsOrigins) ?? [],
    logLevel: reader.value(core.logLevel),
  };
}

export function readFly(reader: ConfigReader): FlyConfig {
  return {
    token: reader.value(fly.token),
    app: reader.value(fly.app),
    region: reader.value(fly.region),
    vmSize: reader.value(fly.vmSize),
    memoryMb: reader.value(fly.memoryMb),
    volumeGb: reader.value(fly.volumeGb),
    image: reader.value(fly.image),
    apiUrl: reader.value(fly.apiUrl),
    rateLimit: reader.value(fly.rateLimit),
    machineUrl: reader.value(fly.machineUrl),
  };
}

export function readPool(reader: ConfigReader): PoolConfig {
  const size = reader.value(pool.size);
  const sizes = typeof size === 'number' ? new Map([[reader.value(fly.region), size]]) : size;
  return {
    targets: [...sizes].map(([region, target]) => ({ region, target })),
    replenishIntervalSecs: reader.value(pool.replenishIntervalSecs),
    standby: reader.value(pool.standby),
  };
}

export function readR2(reader: ConfigReader): R2Config {
  return {
    endpoint: reader.value(r2.endpoint),
    accessKeyId: reader.value(r2.accessKeyId),
    secretAccessKey: reader.value(r2.secretAccessKey),
    bucket: reader.value(r2.bucket),
    machineR2: reader.value(r2.machineR2),
  };
}

export function readDormancy(reader: ConfigReader): DormancyConfig {
  return {
    thresholdDays: reader.value(dormancy.thresholdDays),
    volumeKeepHours: reader.value(dormancy.volumeKeepHours),
    archivesKept: reader.value(dormancy.archivesKept),
    deletedArchiveDays: reader.value(dormancy.deletedArchiveDays),
  };
}

export function readRouting(reader: ConfigReader): RoutingConfig {
  return {
    domain: reader.optional(routing.domain),
    wakeTimeoutSecs: reader.value(routing.wakeTimeoutSecs),
    replayTimeoutSecs: reader.value(routing.replayTimeoutSecs),
    cacheEntries: reader.value(routing.cacheEntries),
    observers: reader.value(routing.observers),
  };
}

export function readClient(reader: ConfigReader): ClientConfig {
  return {
    url: reader.optional(client.url),
    secret: reader.optional(core.secrets)?.[0],
    environment: reader.optional(core.environment),
  };
}
