import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import { freePort } from '../../free-port.js';
import type { OnProcess } from '../../started-process.js';
import type { Boot } from './context.js';
import { machineEnvironment } from './environment.js';
import { MachineProcess } from './process.js';
import type { MachineIdentity, MachineRecord } from './record.js';

export interface BootSettings {
  /** Holds each machine's root file system and log. */
  readonly dir: string;
  /** What every image runs. */
  readonly program: { readonly command: string; readonly args: readonly string[] };
  readonly volumeDirOf: (volumeId: string) => string | undefined;
  readonly apiEnvOf: (machine: MachineIdentity) => Readonly<Record<string, string>>;
  readonly onProcess: OnProcess;
  readonly clock: Clock;
}

/** A cold boot: an empty root file system and a program that was just spawned. */
export async function bootMachine(settings: BootSettings, record: MachineRecord, signal: AbortSignal): Promise<Boot> {
  const { id } = record.identity;
  const rootDir = join(settings.dir, 'machines', id);
  await rm(rootDir, { recursive: true, force: true });
  await mkdir(rootDir, { recursive: true });
  await mkdir(join(settings.dir, 'logs'), { recursive: true });
  const port = await freePort();
  signal.throwIfAborted();
  const program = new MachineProcess({
    ...settings.program,
    env: environmentOf(settings, record, port),
    cwd: rootDir,
    logPath: join(settings.dir, 'logs', `${id}.log`),
    clock: settings.clock,
  });
  settings.onProcess({ pid: program.pid, exited: program.exited, endWith: 'SIGKILL' });
  return { process: program, port };
}

function environmentOf(settings: BootSettings, record: MachineRecord, port: number): Record<string, string> {
  const mount = record.config.mounts?.[0];
  return machineEnvironment({
    machine: { ...record.identity, version: record.version },
    config: record.config,
    privateIp: record.privateIp,
    port,
    volumeDir: mount === undefined ? undefined : settings.volumeDirOf(mount.volume),
    path: process.env.PATH ?? '',
    api: settings.apiEnvOf(record.identity),
  });
}
