import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../clock.js';
import type { OnProcess } from '../../../started-process.js';
import { removeFolder } from '../../folder.js';
import type { Boot } from '../context.js';
import type { MachineIdentity, MachineRecord } from '../record.js';
import { startCommand } from './command.js';
import { type EnvironmentSource, machineEnvironment, type Places, placedHere } from './environment.js';
import { writeFiles } from './files.js';
import type { Ports } from './ports.js';
import { MachineProcess } from './process.js';
import { type Programs, programOf } from './program-of.js';

export interface BootSettings {
  /** Holds each machine's root file system and log. */
  readonly dir: string;
  readonly programs: Programs;
  /** The app's secrets as they are now, by name. */
  readonly secretsOf: (app: string) => Readonly<Record<string, string>>;
  readonly volumeDirOf: (volumeId: string) => string | undefined;
  /** Opens the machine's own Machines API, if it is not open yet, and answers where. */
  readonly apiSocketOf: (machine: MachineIdentity) => Promise<string>;
  readonly ports: Ports;
  readonly onProcess: OnProcess;
  readonly clock: Clock;
}

export interface BootRequest {
  readonly record: MachineRecord;
  /** Whether it finds its root file system as the last run left it. */
  readonly keepsRootfs: boolean;
  readonly signal: AbortSignal;
}

/**
 * A cold boot: a program that was just spawned in its root file system.
 * @throws when the program cannot be spawned
 */
export async function bootMachine(settings: BootSettings, { record, keepsRootfs, signal }: BootRequest): Promise<Boot> {
  const { dir, clock, onProcess, ports } = settings;
  const { id } = record.identity;
  const rootDir = rootDirOf(dir, id);
  if (!keepsRootfs) await removeFolder(rootDir);
  await mkdir(rootDir, { recursive: true });
  await mkdir(join(dir, 'logs'), { recursive: true });
  const apiSocket = await settings.apiSocketOf(record.identity);
  const places = placesOf(settings, record, apiSocket);
  const secrets = settings.secretsOf(record.identity.app);
  await writeFiles(record.config, { rootDir, places, secrets });
  const port = await ports.take();
  const { env: added = {}, ...program } = programOf(settings.programs, record.config);
  const env = environmentOf(record, { port, places, apiSocket, secrets, added });
  const place = { env, cwd: rootDir, clock };
  const process = onPort(ports, port, () => {
    signal.throwIfAborted();
    return new MachineProcess({ ...program, ...place, logPath: join(dir, 'logs', `${id}.log`) });
  });
  onProcess({ pid: process.pid, exited: process.exited, endWith: 'SIGKILL' });
  const run: Boot['run'] = (order) => {
    const command = order.command.map((part) => placedHere(places, part));
    const started = startCommand({ ...order, ...place, command });
    if (started.pid !== undefined) onProcess({ pid: started.pid, exited: started.ended, endWith: 'SIGKILL' });
    return started;
  };
  return { process, port, run };
}

/** What is started has the port until it ends, and where it cannot be started nothing has it. */
function onPort(ports: Ports, port: number, start: () => MachineProcess): MachineProcess {
  try {
    const started = start();
    void started.exited.then(() => ports.giveBack(port));
    return started;
  } catch (error) {
    ports.giveBack(port);
    throw error;
  }
}

/** Nothing stays of a destroyed machine but its log. */
export async function clearRootDir(dir: string, machineId: string): Promise<void> {
  await removeFolder(rootDirOf(dir, machineId));
}

function rootDirOf(dir: string, machineId: string): string {
  return join(dir, 'machines', machineId);
}

function placesOf(settings: BootSettings, { config }: MachineRecord, apiSocket: string): Places {
  const mount = config.mounts?.[0];
  const volumeDir = mount === undefined ? undefined : settings.volumeDirOf(mount.volume);
  const api = ['/.fly/api', apiSocket] as const;
  return mount === undefined || volumeDir === undefined ? [api] : [api, [mount.path, volumeDir]];
}

function environmentOf(
  record: MachineRecord,
  { secrets, ...own }: Pick<EnvironmentSource, 'port' | 'places' | 'apiSocket' | 'secrets' | 'added'>,
): Record<string, string> {
  return machineEnvironment({
    ...own,
    secrets: record.skipsSecrets ? {} : secrets,
    machine: { ...record.identity, version: record.version },
    config: record.config,
    privateIp: record.privateIp,
    path: process.env.PATH ?? '',
  });
}
