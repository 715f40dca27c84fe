import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ListenSocket, maxProcesses, type ProcessStat } from './process-stat.js';

/** Of one process; more are not looked through. */
const maxDescriptors = 1024;
const pageBytes = 4096;

/** The processes of these groups, as the kernel shows them. Source: man 5 proc. */
export async function readProcesses(leaders: readonly number[]): Promise<readonly ProcessStat[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readStat(pid, leaders)));
  const stats = found.filter((stat) => stat !== undefined).slice(0, maxProcesses);
  const listening = await readListening();
  return Promise.all(stats.map((stat) => withSockets(stat, listening)));
}

/** Undefined for one of another group, or that has ended. */
async function readStat(pid: string, leaders: readonly number[]): Promise<ProcessStat | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name stands in brackets and may hold anything.
  const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(line) ?? [];
  const fields = rest.split(' ').map(Number);
  if (!leaders.includes(fields[2] ?? 0) || rest.startsWith('Z')) return undefined;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [user = 0, system = 0, rssPages = 0] = [fields[11], fields[12], fields[21]];
  return {
    pid: Number(pid),
    stime: system,
    rtime: user + system,
    cpu: user + system,
    rss: rssPages * pageBytes,
    directory: await readlink(`/proc/${pid}/cwd`).catch(() => ''),
    command: commandLine.replaceAll('\0', ' ').trim() || name,
    listen_sockets: [],
  };
}

/** Listening sockets of this computer, by inode. */
async function readListening(): Promise<ReadonlyMap<string, ListenSocket>> {
  const listening = new Map<string, ListenSocket>();
  for (const proto of ['tcp', 'tcp6'] as const) {
    const table = await readFile(`/proc/net/${proto}`, 'utf8').catch(() => '');
    for (const line of table.split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const [, local = '', , state] = columns;
      const inode = columns[9];
      if (state === '0A' && inode !== undefined) listening.set(inode, { proto, address: addressOf(local, proto) });
    }
  }
  return listening;
}

/** `0100007F:1F90` is 127.0.0.1:8080; an IPv6 address is told by its port alone. */
function addressOf(local: string, proto: ListenSocket['proto']): string {
  const [host = '', port = ''] = local.split(':');
  const number = Number.parseInt(port, 16);
  if (proto === 'tcp6') return `[::]:${number}`;
  const bytes = host.match(/../g) ?? [];
  return `${bytes
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')}:${number}`;
}

async function withSockets(stat: ProcessStat, listening: ReadonlyMap<string, ListenSocket>): Promise<ProcessStat> {
  const folder = `/proc/${stat.pid}/fd`;
  const names = (await readdir(folder).catch(() => [])).slice(0, maxDescriptors);
  const targets = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  const sockets = targets.flatMap((target) => {
    const socket = listening.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '');
    return socket === undefined ? [] : [socket];
  });
  return { ...stat, listen_sockets: sockets };
}
