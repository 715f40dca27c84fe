import { request } from 'node:http';

/** The machine that this program runs in, as Fly tells its programs (fly.io/docs/machines/runtime-environment). */
export interface OwnMachine {
  readonly app: string;
  readonly id: string;
  /** Where the Machines API listens inside a machine: a Unix socket, `/.fly/api` on Fly. */
  readonly apiSocket: string;
}

export type SuspendAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly why: string }
  /** The connection broke or stayed silent, as it does when the machine slept meanwhile. */
  | { readonly kind: 'unknown' };

/**
 * Asks Fly to suspend this machine, over the local socket, which needs no token
 * (fly.io/docs/reference/suspend-resume). The answer is read when the machine is awake again, if at all. Never throws.
 */
export function suspendOwnMachine({ app, id, apiSocket }: OwnMachine, signal: AbortSignal): Promise<SuspendAnswer> {
  const { promise, resolve } = Promise.withResolvers<SuspendAnswer>();
  const path = `/v1/apps/${encodeURIComponent(app)}/machines/${encodeURIComponent(id)}/suspend`;
  let connected = false;
  // Any host name will do: the documentation uses this one.
  const asked = request({ socketPath: apiSocket, host: 'flaps', method: 'POST', path, signal, agent: false });
  asked.on('socket', (socket) => socket.once('connect', () => (connected = true)));
  asked.on('response', (response) => {
    const status = response.resume().statusCode ?? 0;
    response.on('error', () => undefined);
    resolve(status >= 200 && status < 300 ? { kind: 'accepted' } : { kind: 'refused', why: `Fly answered ${status}` });
  });
  asked.on('error', (error: NodeJS.ErrnoException) => {
    resolve(connected ? { kind: 'unknown' } : { kind: 'refused', why: `${apiSocket}: ${error.code ?? error.name}` });
  });
  asked.end();
  return promise;
}
