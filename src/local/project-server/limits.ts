/** The bounds of one server; tests make them smaller. */
export interface Limits {
  readonly maxArchiveBytes: number;
  readonly downloadTimeoutMs: number;
  readonly uploadTimeoutMs: number;
  readonly maxUploadTries: number;
  /** Wait before the second try; doubled for each further one. */
  readonly uploadBackoffMs: number;
  readonly maxWebSockets: number;
  readonly webSocketPingMs: number;
  /** How long requests in flight may take to end when the server stops. */
  readonly stopTimeoutMs: number;
}

export const defaultLimits: Limits = {
  maxArchiveBytes: 1024 ** 3,
  downloadTimeoutMs: 2 * 60_000,
  uploadTimeoutMs: 5 * 60_000,
  maxUploadTries: 4,
  uploadBackoffMs: 250,
  maxWebSockets: 500,
  webSocketPingMs: 30_000,
  stopTimeoutMs: 5_000,
};
