/** What one client can make a listener wait for, or keep. */
export interface Limits {
  readonly maxHeaderBytes: number;
  /** For the headers, from the start of the connection or the first byte of the next request. */
  readonly headersTimeoutMs: number;
  /** For all of a request, with its body. */
  readonly requestTimeoutMs: number;
  /** Between two requests of one connection. */
  readonly keepAliveTimeoutMs: number;
  /** For a client to take what was written to it; it is noticed within a quarter more. */
  readonly unreadTimeoutMs: number;
  readonly maxConnections: number;
}

/** On top of the wake timeout, since a held request's body may not have been read yet. */
const requestGraceMs = 30_000;

const common = {
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 15_000,
  unreadTimeoutMs: 60_000,
};

export function publicLimits(wakeTimeoutMs: number): Limits {
  return {
    ...common,
    requestTimeoutMs: wakeTimeoutMs + requestGraceMs,
    // Longer than proxies keep their connections, so that it is they who end them and no request meets a closed one.
    keepAliveTimeoutMs: 75_000,
    // Each costs a file descriptor and some 20 KB; what Fly's proxy opens is a fraction of it.
    maxConnections: 5_000,
  };
}

/** The private port is asked by a few: health checks and whoever collects the metrics. */
export const privateLimits: Limits = {
  ...common,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 75_000,
  maxConnections: 100,
};
