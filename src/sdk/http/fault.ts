export type FaultKind =
  /** No connection came about. */
  | 'connect'
  /** The connection ended before the answer did. */
  | 'broken'
  | 'timeout'
  | 'too_large'
  /** Our own client was closed. */
  | 'closed';

/** A request without a usable answer. Internal: each client turns it into an error that says what was being done. */
export class TransportFault extends Error {
  override readonly name = 'TransportFault';
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: Error) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }

  static of(thrown: Error, timedOutAfterMs: number | null): TransportFault {
    // What is no HTTP stands whole in undici's error, and an echo of the request holds its credentials.
    const error = 'data' in thrown ? new Error(thrown.message) : thrown;
    if (timedOutAfterMs !== null) return new TransportFault('timeout', `no answer within ${timedOutAfterMs} ms`, error);
    const code = codeOf(error);
    if (isConnectFault(error)) return new TransportFault('connect', `no connection (${code ?? error.message})`, error);
    if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
      return new TransportFault('closed', 'this client is closed', error);
    }
    return new TransportFault('broken', `the connection broke (${code ?? error.message})`, error);
  }

  /** `no` only where the request provably never left: a repeat cannot do anything twice. */
  get sent(): 'no' | 'maybe' {
    return this.kind === 'connect' ? 'no' : 'maybe';
  }
}

/** The same code (ECONNRESET, ETIMEDOUT) can come from connecting and from reading, so the system call decides. */
function isConnectFault(error: Error): boolean {
  // Node tries every address of a name and reports all failures together.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((inner: unknown) => inner instanceof Error && isConnectFault(inner));
  }
  if (codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT') return true;
  const syscall = 'syscall' in error ? error.syscall : undefined;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
