import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Long enough for any server that means to answer. */
const silenceMs = 10_000;

/** Sends what is given as it is, and gives all that comes back until the server ends. */
export async function rawExchange(url: string, text: string | readonly (string | Buffer)[]): Promise<string> {
  await using connection = await rawConnection(url);
  for (const piece of typeof text === 'string' ? [text] : text) connection.socket.write(piece);
  return await connection.ended;
}

export interface RawConnection extends AsyncDisposable {
  readonly socket: Socket;
  /** All that came, once the server has ended or cut the connection. */
  readonly ended: Promise<string>;
}

export async function rawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  // A server that cuts a connection while we still write makes it fail here: what came until then counts.
  socket.on('error', () => undefined);
  socket.setTimeout(silenceMs, () => socket.destroy());
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  return { socket, ended, [Symbol.asyncDispose]: async () => void socket.destroy() };
}
