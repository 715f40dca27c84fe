import { Agent, request } from 'undici';
import WebSocket from 'ws';
import type { z } from 'zod';

export interface Visit {
  readonly method?: 'GET' | 'PUT' | 'POST';
  /** Stands in for a name such as `demo.localhost`, which not every system resolves. */
  readonly host?: string;
  readonly bearer?: string;
  readonly body?: string;
  readonly json?: unknown;
  readonly signal?: AbortSignal;
}

export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const timeoutMs = 45_000;

/** Somebody who comes through the front door: plain HTTP and WebSocket, nothing of Valet's own code. */
export class Visitor implements AsyncDisposable {
  readonly #agent = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connections: 64 });

  async see(url: string, visit: Visit = {}): Promise<Seen> {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.#agent,
      method: visit.method ?? 'GET',
      headers: {
        ...(visit.host !== undefined && { host: visit.host }),
        ...(visit.bearer !== undefined && { authorization: `Bearer ${visit.bearer}` }),
        ...(visit.json !== undefined && { 'content-type': 'application/json' }),
      },
      body: visit.json === undefined ? (visit.body ?? null) : JSON.stringify(visit.json),
      signal: visit.signal ?? null,
    });
    return { status: statusCode, headers, text: await body.text() };
  }

  /** @throws when the answer is not a success or not of that shape */
  async read<Schema extends z.ZodType>(schema: Schema, url: string, visit: Visit = {}): Promise<z.output<Schema>> {
    const seen = await this.see(url, visit);
    if (seen.status >= 300)
      throw new Error(`${visit.method ?? 'GET'} ${url} answered ${seen.status}: ${seen.text.slice(0, 300)}`);
    return schema.parse(JSON.parse(seen.text));
  }

  /** Sends one message and answers what comes back. */
  async echo(url: string, message: string, signal: AbortSignal): Promise<string> {
    const socket = new WebSocket(url, { handshakeTimeout: timeoutMs });
    const answer = Promise.withResolvers<string>();
    socket.on('error', answer.reject);
    socket.on('close', () => answer.reject(new Error('The WebSocket was closed without an answer.')));
    socket.on('open', () => socket.send(message));
    socket.on('message', (data) => answer.resolve(String(data)));
    const giveUp = () => answer.reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
      socket.removeAllListeners('close');
      socket.terminate();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}
