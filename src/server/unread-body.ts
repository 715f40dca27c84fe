import type { IncomingMessage } from 'node:http';

/** As much as Fly's proxy is said to keep for a replay: https://fly.io/docs/monitoring/error-codes/ (PA01). */
const maxDiscardedBytes = 10 * 1024 * 1024;

/**
 * To be called as the answer is given to a request that has a body which nobody reads. What is still to come is read and thrown
 * away, so that the connection can take its next request; a body that does not end is cut with its connection. How long it
 * may take is bounded by the server's request time-out.
 */
export function discardBody(request: IncomingMessage): void {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > maxDiscardedBytes) request.socket.destroy();
  });
}
