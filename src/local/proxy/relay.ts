import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Client } from './client.js';
import type { Visit } from './delivery/connections.js';
import type { Answer } from './delivery/upstream.js';
import { endToEnd, type Header, readHeaders, withoutHeaders } from './headers.js';
import { joinSockets } from './join-sockets.js';

/** What is done on the way to the headers of an answer. */
export type ChangeHeaders = (received: readonly Header[]) => readonly Header[];

/** Passes an answer on, and resolves when both sides are done with it. */
export async function relay(client: Client, answer: Answer, change: ChangeHeaders, visit?: Visit): Promise<void> {
  if (answer.kind === 'response') return relayResponse(client, answer.message, change);
  if (client.upgrade !== undefined) {
    const webSocket = client.request.headers.upgrade?.toLowerCase() === 'websocket';
    return joinSockets(client.upgrade, answer, upgradeHead(answer.message, change), webSocket ? visit : undefined);
  }
  answer.socket.destroy();
  throw new Error('An upstream switched protocols although nobody had asked for it.');
}

export interface Refusal {
  readonly status: number;
  readonly body: string;
}

/** What Fly answers in place of an upstream that did not, or of a replay that cannot be. */
export function answerRefusal(client: Client, { status, body }: Refusal, added: readonly Header[]): void {
  const response = client.response();
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, [['content-length', String(Buffer.byteLength(body))], ...added].flat());
  response.end(body);
}

async function relayResponse(client: Client, message: IncomingMessage, change: ChangeHeaders): Promise<void> {
  const response = client.response();
  const received = withoutHeaders(endToEnd(readHeaders(message.rawHeaders)), ['transfer-encoding']);
  response.sendDate = false;
  try {
    response.writeHead(message.statusCode ?? 502, message.statusMessage, change(received).flat());
  } catch (error) {
    message.destroy();
    throw error;
  }
  // An event stream may send nothing for a while: its head must not wait for that.
  response.flushHeaders();
  // Ends by an error when either side breaks off; it has then destroyed the other.
  await pipeline(message, response).catch(() => undefined);
}

function upgradeHead(message: IncomingMessage, change: ChangeHeaders): string {
  const line = ([name, value]: Header) => `${name}: ${value}\r\n`;
  const lines = change(readHeaders(message.rawHeaders)).map(line).join('');
  return `HTTP/1.1 ${message.statusCode} ${message.statusMessage}\r\n${lines}\r\n`;
}
