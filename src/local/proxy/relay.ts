import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Client } from './client.js';
import { endToEnd, type Header, readHeaders, withHeaders, withoutHeaders } from './headers.js';
import type { Answer } from './upstream.js';

/** How long a socket whose other half is gone may take over its last bytes. */
const lingerMs = 5_000;

/** Passes an answer on, and resolves when both sides are done with it. */
export async function relay(client: Client, answer: Answer, added: readonly Header[]): Promise<void> {
  if (answer.kind === 'response') return relayResponse(client, answer.message, added);
  if (client.upgrade !== undefined) return joinSockets(client.upgrade, answer);
  answer.socket.destroy();
  throw new Error('An upstream switched protocols although nobody had asked for it.');
}

/** What Fly answers in place of an upstream that did not, or of a replay that cannot be. */
export function answerBadGateway(client: Client, added: readonly Header[]): void {
  const response = client.response();
  if (response.headersSent) return void response.destroy();
  response.writeHead(502, [['content-length', '0'], ...added].flat());
  response.end();
}

async function relayResponse(client: Client, message: IncomingMessage, added: readonly Header[]): Promise<void> {
  const response = client.response();
  const received = withoutHeaders(endToEnd(readHeaders(message.rawHeaders)), ['transfer-encoding']);
  response.sendDate = false;
  try {
    response.writeHead(message.statusCode ?? 502, message.statusMessage, withHeaders(received, added).flat());
  } catch (error) {
    message.destroy();
    throw error;
  }
  // An event stream may send nothing for a while: its head must not wait for that.
  response.flushHeaders();
  // Ends by an error when either side breaks off; it has then destroyed the other.
  await pipeline(message, response).catch(() => undefined);
}

interface Upgraded {
  readonly message: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

async function joinSockets(client: { socket: Socket; head: Buffer }, target: Upgraded): Promise<void> {
  if (client.socket.destroyed) return void target.socket.destroy();
  client.socket.write(upgradeHead(target.message));
  client.socket.write(target.head);
  target.socket.write(client.head);
  const closed = [client.socket, target.socket].map((one) => new Promise((resolve) => one.once('close', resolve)));
  client.socket.pipe(target.socket).pipe(client.socket);
  // What is still to be sent to the other side is sent before it closes too.
  client.socket.once('close', () => endSoon(target.socket));
  target.socket.once('close', () => endSoon(client.socket));
  await Promise.all(closed);
}

function endSoon(socket: Socket): void {
  socket.setTimeout(lingerMs, () => socket.destroy()).destroySoon();
}

function upgradeHead(message: IncomingMessage): string {
  const line = ([name, value]: Header) => `${name}: ${value}\r\n`;
  const lines = readHeaders(message.rawHeaders).map(line).join('');
  return `HTTP/1.1 ${message.statusCode} ${message.statusMessage}\r\n${lines}\r\n`;
}
