import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';

/** Going away, RFC 6455 section 7.4.1. */
const goingAway = 1001;

/**
 * Who is being served now, and when somebody last was. Only what the project's people do is counted: calls of the
 * machine protocol and requests that are refused never keep a project awake.
 */
export class Traffic {
  readonly #onActivity: () => void;
  readonly #webSockets = new Set<WebSocket>();
  #inFlight = 0;
  #served = 0;
  #lastActivityAt: Date | undefined;

  constructor(onActivity: () => void) {
    this.#onActivity = onActivity;
  }

  get lastActivityAt(): Date | undefined {
    return this.#lastActivityAt;
  }

  /** Requests and WebSockets, not the idle connections that a proxy keeps. */
  get openConnections(): number {
    return this.#inFlight + this.#webSockets.size;
  }

  get webSockets(): ReadonlySet<WebSocket> {
    return this.#webSockets;
  }

  get requestsSinceBoot(): number {
    return this.#served;
  }

  /** Why the project cannot be put to sleep at this moment; null when it can. */
  get busyReason(): string | null {
    if (this.#webSockets.size > 0) return `${this.#webSockets.size} WebSocket(s) open`;
    return this.#inFlight > 0 ? `${this.#inFlight} request(s) being served` : null;
  }

  touch(): void {
    this.#lastActivityAt = new Date();
    this.#onActivity();
  }

  /**
   * Counts a request until its response has been handed over or its connection is gone.
   *
   * @param isUse whether it keeps the project awake
   */
  serve(response: ServerResponse, isUse: boolean): void {
    this.#inFlight += 1;
    this.#served += 1;
    response.once('close', () => {
      this.#inFlight -= 1;
    });
    if (isUse) this.touch();
  }

  add(webSocket: WebSocket): void {
    this.#served += 1;
    this.#webSockets.add(webSocket);
    webSocket.once('close', () => this.#webSockets.delete(webSocket));
    this.touch();
  }

  closeWebSockets(reason: string): void {
    for (const webSocket of this.#webSockets) webSocket.close(goingAway, reason);
  }
}
