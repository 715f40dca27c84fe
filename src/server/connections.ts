import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Limits } from './limits.js';

export interface ConnectionParts {
  readonly server: Server;
  /** Which listener it is, for the log. */
  readonly listener: 'public' | 'private';
  readonly limits: Pick<Limits, 'unreadTimeoutMs' | 'maxConnections'>;
  readonly log: Logger;
}

/** How far a connection had come when something written to it was waiting to be taken. */
interface Backlog {
  readonly takenBytes: number;
  /** How often it was found as far as that before. */
  readonly looks: number;
}

/**
 * So often a client is found to have taken nothing before it is cut. Counted, not timed: after a pause of this process
 * all would seem to have been silent.
 */
const looksUntilCut = 4;

/**
 * The open connections of one listener. Node.js bounds how slowly a client may write; this bounds how slowly it may
 * read, and tells when connections are turned away. It looks by the clock, so that a request costs nothing.
 */
export class Connections {
  readonly #parts: ConnectionParts;
  readonly #open = new Map<Socket, Backlog | undefined>();
  #dropped = 0;
  #cut = 0;
  #droppedBefore = 0;
  #isFull = false;

  constructor(parts: ConnectionParts) {
    const { server, limits } = parts;
    this.#parts = parts;
    server.maxConnections = limits.maxConnections;
    server.on('connection', (socket) => this.#opened(socket));
    server.on('drop', () => this.#turnedAway());
    server.once('listening', () => {
      const timer = setInterval(() => this.#look(), limits.unreadTimeoutMs / looksUntilCut).unref();
      server.once('close', () => clearInterval(timer));
    });
  }

  get open(): number {
    return this.#open.size;
  }

  /** Turned away since the start, because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Cut since the start, because they did not read. */
  get cut(): number {
    return this.#cut;
  }

  #opened(socket: Socket): void {
    this.#open.set(socket, undefined);
    socket.once('close', () => this.#open.delete(socket));
  }

  #turnedAway(): void {
    const { log, listener, limits } = this.#parts;
    this.#dropped += 1;
    if (this.#isFull) return;
    this.#isFull = true;
    log.warn({ listener, max_connections: limits.maxConnections }, 'connections turned away');
  }

  #look(): void {
    this.#tellIfRoom();
    const cutBefore = this.#cut;
    for (const [socket, before] of this.#open) {
      const now = backlogOf(socket, before);
      this.#open.set(socket, now);
      if (now !== undefined && now.looks >= looksUntilCut) this.#cutOff(socket);
    }
    const cut = this.#cut - cutBefore;
    if (cut > 0) this.#parts.log.warn({ listener: this.#parts.listener, connections: cut }, 'slow readers cut');
  }

  /** Between two looks nobody was turned away. */
  #tellIfRoom(): void {
    const { log, listener } = this.#parts;
    if (this.#isFull && this.#dropped === this.#droppedBefore) {
      this.#isFull = false;
      log.info({ listener, dropped: this.#dropped }, 'connections no longer turned away');
    }
    this.#droppedBefore = this.#dropped;
  }

  #cutOff(socket: Socket): void {
    this.#cut += 1;
    socket.destroy();
  }
}

/** Undefined: nothing waits. A client that takes anything at all starts anew. */
function backlogOf(socket: Socket, before: Backlog | undefined): Backlog | undefined {
  if (socket.writableLength === 0) return undefined;
  const takenBytes = socket.bytesWritten - socket.writableLength;
  return { takenBytes, looks: before?.takenBytes === takenBytes ? before.looks + 1 : 0 };
}
