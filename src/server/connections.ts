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
  readonly sinceMs: number;
}

const maxLookEveryMs = 15_000;

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
      const everyMs = Math.min(maxLookEveryMs, limits.unreadTimeoutMs / 4);
      const timer = setInterval(() => this.#look(performance.now()), everyMs).unref();
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

  #look(nowMs: number): void {
    this.#tellIfRoom();
    const cutBefore = this.#cut;
    for (const [socket, before] of this.#open) {
      const now = backlogOf(socket, before, nowMs);
      this.#open.set(socket, now);
      if (now !== undefined && nowMs - now.sinceMs >= this.#parts.limits.unreadTimeoutMs) this.#cutOff(socket);
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
function backlogOf(socket: Socket, before: Backlog | undefined, nowMs: number): Backlog | undefined {
  if (socket.writableLength === 0) return undefined;
  const takenBytes = socket.bytesWritten - socket.writableLength;
  return before?.takenBytes === takenBytes ? before : { takenBytes, sinceMs: nowMs };
}
