import type { ClientConfig, CoreConfig, FlyConfig, PoolConfig, R2Config } from '../config/config.js';
import { defaultPublicUrl, runsOnFly } from '../config/derived.js';
import { type ConfigDescription, describeConfig } from '../config/describe.js';
import * as groups from '../config/groups.js';
import { ConfigReader } from '../config/reader.js';
import { commaSeparated } from '../config/rules.js';
import { type Environment, textOf, type Variable } from '../config/variable.js';
import { allVariables, client, core, fly, pool, r2, routing } from '../config/variables.js';
import { asError, ValetError } from '../errors.js';

/** Something that can be used, or why it cannot. */
export type Part<T> = { readonly usable: true; readonly value: T } | { readonly usable: false; readonly why: string };

export interface ServerSettings {
  readonly url: string;
  readonly secret: ClientConfig['secret'];
  /** It was named for us to ask; otherwise it is where people are told that this control plane is. */
  readonly named: boolean;
}

export type DatabaseSettings = Pick<CoreConfig, 'databaseUrl' | 'databaseDirectUrl'>;
export type FlySettings = FlyConfig & Pick<PoolConfig, 'targets' | 'standby'>;
export type MachineSettings = Pick<CoreConfig, 'internalSecrets'>;

/** A configuration that may have faults: each part is read alone, so that one wrong variable hides nothing else. */
export interface Settings {
  readonly description: ConfigDescription;
  readonly database: Part<DatabaseSettings>;
  readonly server: Part<ServerSettings>;
  readonly fly: Part<FlySettings>;
  readonly r2: Part<R2Config>;
  readonly machines: Part<MachineSettings>;
  readonly binding: Part<{ readonly environment: string; readonly flyApp: string }>;
  readonly onFly: boolean;
  /** What must not be printed, whatever says it. */
  readonly secrets: readonly string[];
}

export function readSettings(env: Environment): Settings {
  return {
    description: describeConfig(env),
    database: read(env, [core.databaseUrl, core.databaseDirectUrl], (reader) => ({
      databaseUrl: reader.value(core.databaseUrl),
      databaseDirectUrl: reader.optional(core.databaseDirectUrl) ?? reader.value(core.databaseUrl),
    })),
    server: readServer(env),
    fly: read(env, [...Object.values<Variable<unknown>>(fly), ...Object.values<Variable<unknown>>(pool)], (reader) => ({
      ...groups.readFly(reader),
      ...groups.readPool(reader),
    })),
    r2: read(env, Object.values<Variable<unknown>>(r2), groups.readR2),
    machines: read(env, [core.secrets, core.internalSecrets], (reader) => ({
      internalSecrets: reader.optional(core.internalSecrets) ?? reader.value(core.secrets),
    })),
    binding: read(env, [core.environment, fly.app], (reader) => ({
      environment: reader.optional(core.environment) ?? reader.value(fly.app),
      flyApp: reader.value(fly.app),
    })),
    onFly: runsOnFly(env),
    secrets: secretsOf(env),
  };
}

function read<T>(
  env: Environment,
  variables: readonly Variable<unknown>[],
  reading: (reader: ConfigReader) => T,
): Part<T> {
  // Other names count as not there: one that looks misspelt is told of by the check of the configuration alone.
  const own = Object.fromEntries(variables.map(({ name }) => [name, env[name]]));
  try {
    return { usable: true, value: reading(new ConfigReader(own, variables)) };
  } catch (thrown) {
    return { usable: false, why: firstFault(thrown) };
  }
}

/** Without an address to ask, the one that people are told. */
function readServer(env: Environment): Part<ServerSettings> {
  const variables = [client.url, { ...core.secrets, required: false }, core.publicUrl, routing.domain, core.port];
  return read(env, variables, (reader) => {
    const { url, secret } = groups.readClient(reader);
    const told = () =>
      reader.optional(core.publicUrl) ?? defaultPublicUrl(reader.optional(routing.domain), reader.value(core.port));
    return { url: url ?? told(), secret, named: url !== undefined };
  });
}

/** Short, since every check that needs it says so; the check of the configuration says it all. */
function firstFault(thrown: unknown): string {
  const error = asError(thrown);
  const faults = error instanceof ValetError ? error.details?.faults : undefined;
  const [first]: readonly unknown[] = Array.isArray(faults) ? faults : [];
  if (typeof first !== 'object' || first === null || !('variable' in first) || !('problem' in first))
    return error.message;
  return `${first.variable} is ${String(first.problem).includes(' is not set;') ? 'not set' : 'not right'}.`;
}

/** Shorter ones would take ordinary words out of sentences. */
const shortestSecret = 6;

function secretsOf(env: Environment): string[] {
  const hidden = allVariables.flatMap(({ name, rule }) => {
    const text = textOf(env, name);
    return text === undefined || (rule.show?.(text) ?? text) === text ? [] : secretsIn(text);
  });
  return [...new Set(hidden)].filter((text) => text.length >= shortestSecret);
}

/** Of an address only the credentials: host and path are what a person needs to read. */
function secretsIn(text: string): string[] {
  const url = text.includes('://') ? URL.parse(text) : null;
  if (url === null) return [text, ...commaSeparated(text), ...text.split(' ')];
  const credential = url.password === '' ? url.username : url.password;
  return [credential, decoded(credential), ...url.searchParams.values()];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
