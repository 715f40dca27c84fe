import { guestOf, type MachineConfig } from './config.js';

export interface EnvironmentSource {
  readonly machine: { readonly id: string; readonly app: string; readonly region: string; readonly version: string };
  readonly config: MachineConfig;
  readonly privateIp: string;
  readonly port: number;
  /** Where the mounted volume lies on this computer. */
  readonly volumeDir: string | undefined;
  readonly path: string;
  /** How the program reaches the API that is `/.fly/api` on Fly. */
  readonly api: Readonly<Record<string, string>>;
}

/**
 * The environment of a machine's program: the config's, what Fly sets, and what stands for things that one computer
 * does not have. `PORT` is where the program listens instead of its `internal_port`.
 * Source: fly.io/docs/machines/runtime-environment.
 */
export function machineEnvironment(source: EnvironmentSource): Record<string, string> {
  const { machine, config } = source;
  return {
    PATH: source.path,
    ...onThisComputer(config, source.volumeDir),
    ...source.api,
    FLY_APP_NAME: machine.app,
    FLY_MACHINE_ID: machine.id,
    FLY_ALLOC_ID: machine.id,
    FLY_REGION: machine.region,
    FLY_PRIVATE_IP: source.privateIp,
    FLY_IMAGE_REF: config.image,
    FLY_MACHINE_VERSION: machine.version,
    FLY_VM_MEMORY_MB: String(guestOf(config).memory_mb),
    PORT: String(source.port),
  };
}

/** A value that is the mount's path, or lies below it, points into the volume's folder. */
function onThisComputer(config: MachineConfig, volumeDir: string | undefined): Record<string, string> {
  const mountPath = config.mounts?.[0]?.path;
  const env = config.env ?? {};
  if (mountPath === undefined || volumeDir === undefined) return { ...env };
  const moved = (value: string) =>
    value === mountPath || value.startsWith(`${mountPath}/`) ? volumeDir + value.slice(mountPath.length) : value;
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, moved(value)]));
}
