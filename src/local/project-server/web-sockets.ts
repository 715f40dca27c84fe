import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Limits } from './limits.js';
import { asProblem, Problem, problemBody, problemHeaders } from './problem.js';
import { serving } from './public-api.js';
import { parsePublicPath } from './public-path.js';
import type { Traffic } from './traffic.js';
import type { Volume } from './volume.js';

const maxMessageBytes = 64 * 1024;

/**
 * A peer may miss this many pings. More than one, because after a resume from suspension the timer can fire before the
 * pong that lies in the socket is read.
 */
const maxMissedPings = 2;

/** The echo at `/ws`. Peers that vanished without a word are found by pings, or they would keep the project busy for ever. */
export class WebSockets {
  readonly #volume: Volume;
  readonly #traffic: Traffic;
  readonly #limits: Limits;
  readonly #untilAwake: () => Promise<void>;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  readonly #missedPings = new WeakMap<WebSocket, number>();
  readonly #pinging: NodeJS.Timeout;

  /**
   * @param untilAwake resolves when the machine is not about to fall asleep: a WebSocket that was opened just before would
   * stay open unheard, while an unanswered handshake wakes the machine or is tried again
   */
  constructor(volume: Volume, traffic: Traffic, limits: Limits, untilAwake: () => Promise<void>) {
    this.#volume = volume;
    this.#traffic = traffic;
    this.#limits = limits;
    this.#untilAwake = untilAwake;
    this.#pinging = setInterval(() => this.#pingAll(), limits.webSocketPingMs).unref();
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    await this.#untilAwake();
    try {
      this.#check(request);
    } catch (error) {
      refuse(socket, asProblem(error));
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#echo(webSocket));
  }

  stop(): void {
    clearInterval(this.#pinging);
    this.#traffic.closeWebSockets('The project server is stopping.');
  }

  /** For peers that do not answer the closing handshake. */
  terminate(): void {
    for (const webSocket of this.#traffic.webSockets) webSocket.terminate();
  }

  #check(request: IncomingMessage): void {
    const { projectId } = serving(this.#volume);
    const path = parsePublicPath(request.url ?? '/', projectId);
    if (path.kind !== 'web_socket') throw new Problem(404, 'not_found', 'The project speaks WebSocket at /ws only.');
    if (this.#traffic.webSockets.size < this.#limits.maxWebSockets) return;
    throw new Problem(503, 'overloaded', 'The project has no room for another WebSocket.', { retryAfterSecs: 5 });
  }

  #echo(webSocket: WebSocket): void {
    this.#traffic.add(webSocket);
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('pong', () => this.#missedPings.delete(webSocket));
    webSocket.on('message', (data, isBinary) => {
      this.#traffic.touch();
      webSocket.send(data, { binary: isBinary });
    });
  }

  #pingAll(): void {
    for (const webSocket of this.#traffic.webSockets) {
      const missed = this.#missedPings.get(webSocket) ?? 0;
      if (missed >= maxMissedPings) {
        webSocket.terminate();
      } else {
        this.#missedPings.set(webSocket, missed + 1);
        webSocket.ping();
      }
    }
  }
}

function refuse(socket: Duplex, problem: Problem): void {
  const body = problemBody(problem);
  const headers = {
    ...problemHeaders(problem),
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
