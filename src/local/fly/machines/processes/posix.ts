import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { maxProcesses, type ProcessStat } from './process-stat.js';

const timeoutMs = 5000;
const maxOutputBytes = 4 * 1024 * 1024;

/** The processes of these groups as `ps` tells of them, where there is no `/proc`; without folders and sockets. */
export async function askPs(leaders: readonly number[]): Promise<readonly ProcessStat[]> {
  const columns = ['-A', '-o', 'pid=,pgid=,rss=,time=,command='];
  const { stdout } = await promisify(execFile)('ps', columns, { timeout: timeoutMs, maxBuffer: maxOutputBytes });
  return parsePs(stdout, leaders).slice(0, maxProcesses);
}

const ticksPerSecond = 100;

export function parsePs(output: string, leaders: readonly number[]): readonly ProcessStat[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, pgid, rssKb, time = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (!leaders.includes(Number(pgid))) return [];
    const ticks = Math.round(secondsOf(time) * ticksPerSecond);
    const times = { stime: 0, rtime: ticks, cpu: ticks };
    return [{ pid: Number(pid), ...times, rss: Number(rssKb) * 1024, directory: '', command, listen_sockets: [] }];
  });
}

/** `0:01.23` or `01:02:03`. */
function secondsOf(time: string): number {
  return time.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
}
