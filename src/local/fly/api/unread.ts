import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { traceHeaders } from './listener.js';
import { jsonType } from './outcome.js';

/** So long a refused caller may go on writing before the connection is cut: cut at once, it might miss the answer. */
const lingerMs = 1000;

interface Refused {
  readonly status: number;
  readonly error: string;
}

/** Answers what is no request, or none that was ever complete, with an error like every other. */
export function refuseUnread(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else answer(socket, refusedFor(error.code));
}

/** The emulator is nobody's proxy. */
export function refuseConnect(socket: Duplex): void {
  answer(socket, { status: 501, error: 'not implemented by the emulator: CONNECT' });
}

function refusedFor(code: string | undefined): Refused {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, error: 'request headers too large' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, error: 'the request did not come to its end in time' };
  return { status: 400, error: 'malformed HTTP request' };
}

function answer(socket: Duplex, { status, error }: Refused): void {
  const body = JSON.stringify({ error });
  const headers: readonly (readonly [string, string])[] = [
    ['content-type', jsonType],
    ['content-length', String(Buffer.byteLength(body))],
    ['connection', 'close'],
    ...traceHeaders(),
  ];
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.resume();
  AbortSignal.timeout(lingerMs).addEventListener('abort', () => socket.destroy(), { once: true });
}
