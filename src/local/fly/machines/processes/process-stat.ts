/** A process as the API tells of it; times in clock ticks, memory in bytes. */
export interface ProcessStat {
  readonly pid: number;
  readonly stime: number;
  readonly rtime: number;
  readonly cpu: number;
  readonly rss: number;
  readonly directory: string;
  readonly command: string;
  readonly listen_sockets: readonly ListenSocket[];
}

export interface ListenSocket {
  readonly proto: 'tcp' | 'tcp6';
  readonly address: string;
}

/** So many processes of a machine are told of. */
export const maxProcesses = 200;

/** What the list may be sorted by. */
export const sortKeys = ['pid', 'stime', 'rtime', 'cpu', 'rss', 'directory', 'command'] as const;
export type SortKey = (typeof sortKeys)[number];

export function sortStats(stats: readonly ProcessStat[], key: SortKey, order: 'asc' | 'desc'): readonly ProcessStat[] {
  const sign = order === 'asc' ? 1 : -1;
  return stats.toSorted((a, b) => sign * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
}
