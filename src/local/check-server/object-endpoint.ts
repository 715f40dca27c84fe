import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CheckFault } from './fault.js';

/** How the next transfers go: well, refused with a status, cut off half-way, or held until told to go on. */
export type Mode = 'well' | 'cut' | { readonly status: number } | { readonly heldUntil: Promise<void> };

export interface StoredObject {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Whether the upload said how long it is. */
  readonly hadLength: boolean;
}

export interface ObjectEndpointOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the server reaches it, if that is another address than where it listens. */
  readonly publicUrl?: string | undefined;
  /** An empty folder for what is uploaded. */
  readonly dir: string;
}

export interface ActivityReport {
  readonly path: string;
  readonly authorization: string;
}

/** As large as the largest archive that the project server of the local platform takes. */
const maxObjectBytes = 1024 ** 3;
const maxReportsKept = 1_000;

/** What a machine speaks to while it is checked: presigned URLs like those of S3, and the control plane's activity route. */
export class ObjectEndpoint implements AsyncDisposable {
  readonly #dir: string;
  readonly #server: Server;
  /** Good for this run alone, as a signature is for an hour. */
  readonly #signature = randomBytes(16).toString('hex');
  readonly #objects = new Map<string, StoredObject>();
  readonly #reports: ActivityReport[] = [];
  #baseUrl = '';
  #uploads = 0;
  #arrived = 0;
  mode: Mode = 'well';

  private constructor(dir: string) {
    this.#dir = dir;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** @throws CheckFault when it cannot listen there */
  static async start(options: ObjectEndpointOptions): Promise<ObjectEndpoint> {
    const endpoint = new ObjectEndpoint(options.dir);
    await once(endpoint.#server.listen(options.port, options.host), 'listening').catch((cause: unknown) => {
      throw new CheckFault('not_listening', `Cannot listen on ${options.host}:${options.port} for uploads.`, {
        hint: 'Choose another address with --listen; port 0 takes a free one.',
        cause,
      });
    });
    const { port } = endpoint.#server.address() as AddressInfo;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    endpoint.#baseUrl = (options.publicUrl ?? `http://${host}:${port}`).replace(/\/+$/, '');
    return endpoint;
  }

  get baseUrl(): string {
    return this.#baseUrl;
  }

  get reports(): readonly ActivityReport[] {
    return this.#reports;
  }

  /** Transfers that have begun so far. */
  get arrived(): number {
    return this.#arrived;
  }

  urlOf(key: string): string {
    return `${this.#baseUrl}/${key}?X-Amz-Signature=${this.#signature}`;
  }

  object(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  async offer(key: string, path: string): Promise<StoredObject> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const object = { path, size: (await stat(path)).size, sha256: hash.digest('hex'), hadLength: true };
    this.#objects.set(key, object);
    return object;
  }

  withdraw(key: string): void {
    this.#objects.delete(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://endpoint');
    if (/\/api\/projects\/[^/]+\/activity$/.test(url.pathname)) return this.#note(request, response, url.pathname);
    if (url.searchParams.get('X-Amz-Signature') !== this.#signature) return refuse(request, response, 403);
    const key = decodeURIComponent(url.pathname.slice(new URL(`${this.#baseUrl}/`).pathname.length));
    const { mode } = this;
    this.#arrived += 1;
    if (typeof mode === 'object' && 'status' in mode) return refuse(request, response, mode.status);
    if (typeof mode === 'object') await mode.heldUntil;
    if (request.method === 'PUT') return this.#store(request, response, key, mode === 'cut');
    return this.#give(response, key, mode === 'cut');
  }

  async #store(request: IncomingMessage, response: ServerResponse, key: string, cut: boolean): Promise<void> {
    if (cut) {
      await once(request, 'data');
      request.socket.resetAndDestroy();
      return;
    }
    const hash = createHash('sha256');
    let size = 0;
    const path = join(this.#dir, `upload-${++this.#uploads}.sqlite`);
    const measured = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > maxObjectBytes) throw new Error(`An upload over ${maxObjectBytes} bytes.`);
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(request, measured, createWriteStream(path));
    const hadLength = request.headers['content-length'] !== undefined;
    this.#objects.set(key, { path, size, sha256: hash.digest('hex'), hadLength });
    response.writeHead(200).end();
  }

  async #give(response: ServerResponse, key: string, cut: boolean): Promise<void> {
    const object = this.#objects.get(key);
    if (object === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': object.size });
    if (!cut) return pipeline(createReadStream(object.path), response);
    const half = createReadStream(object.path, { end: Math.floor(object.size / 2) });
    for await (const chunk of half) response.write(chunk);
    response.socket?.destroySoon();
  }

  #note(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (this.#reports.length < maxReportsKept) {
      this.#reports.push({ path, authorization: request.headers.authorization ?? '' });
    }
    refuse(request, response, 204);
  }
}

/** The body is not read: whoever sends it gets the status at once. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.writeHead(status).end();
  request.resume();
}
