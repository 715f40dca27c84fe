import { guestOf } from '../config/guest-of.js';
import type { MachineConfig } from '../config/schema.js';

/** Paths of the guest and where they lie on this computer. */
export type Places = readonly (readonly [guestPath: string, here: string])[];

/** A path that is such a place or lies below one, as it is here; any other text as it is. */
export function placedHere(places: Places, text: string): string {
  const place = places.find(([guestPath]) => text === guestPath || text.startsWith(`${guestPath}/`));
  return place === undefined ? text : place[1] + text.slice(place[0].length);
}

export interface EnvironmentSource {
  readonly machine: { readonly id: string; readonly app: string; readonly region: string; readonly version: string };
  readonly config: MachineConfig;
  readonly privateIp: string;
  readonly port: number;
  readonly places: Places;
  readonly path: string;
  /** Where the machine's own Machines API listens; `/.fly/api` on Fly. */
  readonly apiSocket: string;
  /** Those of the app, stronger than what the config names. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What its program is started with here, weaker than all else. */
  readonly added: Readonly<Record<string, string>>;
}

/**
 * The environment of a machine's program: the config's, what Fly sets, and what stands for things that one computer
 * does not have. `PORT` is where the program listens instead of its `internal_port`.
 * Source: fly.io/docs/machines/runtime-environment.
 */
export function machineEnvironment(source: EnvironmentSource): Record<string, string> {
  const { machine, config, places } = source;
  const ofConfig = Object.entries(config.env ?? {}).map(([name, value]) => [name, placedHere(places, value)]);
  const group = config.metadata?.fly_process_group;
  return {
    PATH: source.path,
    ...source.added,
    ...Object.fromEntries(ofConfig),
    ...source.secrets,
    FLY_APP_NAME: machine.app,
    FLY_MACHINE_ID: machine.id,
    FLY_ALLOC_ID: machine.id,
    FLY_REGION: machine.region,
    FLY_PRIVATE_IP: source.privateIp,
    FLY_IMAGE_REF: config.image,
    FLY_MACHINE_VERSION: machine.version,
    ...(group === undefined ? {} : { FLY_PROCESS_GROUP: group }),
    FLY_VM_MEMORY_MB: String(guestOf(config).memory_mb),
    FLY_API_SOCKET: source.apiSocket,
    PORT: String(source.port),
  };
}
