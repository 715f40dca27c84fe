import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The one who asks, over an ordinary request or one that wants to be upgraded. */
export interface Client {
  readonly request: IncomingMessage;
  /** Aborts when the client goes away before it is answered. */
  readonly signal: AbortSignal;
  /** For an upgrade, an answer other than 101; the connection then closes. */
  response(): ServerResponse;
  readonly upgrade: { readonly socket: Socket; readonly head: Buffer } | undefined;
}

export function plainClient(request: IncomingMessage, response: ServerResponse): Client {
  const gone = new AbortController();
  request.on('error', ignore);
  response.on('error', ignore).once('close', () => gone.abort());
  return { request, signal: gone.signal, response: () => response, upgrade: undefined };
}

export function upgradeClient(request: IncomingMessage, socket: Socket, head: Buffer): Client {
  const gone = new AbortController();
  request.on('error', ignore);
  socket.on('error', ignore).once('close', () => gone.abort());
  let answer: ServerResponse | undefined;
  const response = () => {
    answer ??= responseOn(socket, request);
    return answer;
  };
  return { request, signal: gone.signal, response, upgrade: { socket, head } };
}

function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const answer = new ServerResponse(request);
  answer.shouldKeepAlive = false;
  answer.assignSocket(socket);
  answer.on('error', ignore).once('finish', () => socket.end());
  // An upgraded socket has left the server's care, which would have passed this on.
  socket.on('drain', () => answer.emit('drain'));
  return answer;
}

function ignore(): void {}
