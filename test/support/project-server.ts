import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { type ProjectServerOptions, startProjectServer } from '../../src/local/project-server/server.js';

export const internalSecret = 'the-secret-of-this-machine';

const main = fileURLToPath(new URL('../../dist/local/project-server/main.js', import.meta.url));

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where the answer is not JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Speaks to a project server as the control plane and as the project's people do. */
export class ProjectServerClient {
  readonly url: string;

  constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  }

  status(): Promise<Answer> {
    return this.fetch('/internal/status', { headers: { authorization: `Bearer ${internalSecret}` } });
  }

  call(name: string, epoch: number, body: unknown = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${internalSecret}`, 'valet-epoch': String(epoch) };
    return this.fetch(`/internal/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  configure(epoch = 1, project_id = 'demo'): Promise<Answer> {
    return this.call('configure', epoch, { project_id, deploy_key: 'vk_secret' });
  }

  put(key: string, value: string): Promise<Answer> {
    return this.fetch(`/kv/${key}`, { method: 'PUT', body: value });
  }

  get(key: string): Promise<Answer> {
    return this.fetch(`/kv/${key}`);
  }

  async webSocket(path = '/ws'): Promise<WebSocket> {
    const webSocket = new WebSocket(this.url.replace('http', 'ws') + path);
    await once(webSocket, 'open');
    return webSocket;
  }
}

/** A new folder under the system's temporary one, removed when the block ends. */
export async function makeDataDir() {
  const dir = await mkdtemp(join(tmpdir(), 'valet-project-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** A project server in this process. */
export async function runProjectServer(dataDir: string, options: Partial<ProjectServerOptions> = {}) {
  const server = await startProjectServer({ dataDir, internalSecret, port: 0, ...options });
  const client = new ProjectServerClient(server.port);
  return { server, client, [Symbol.asyncDispose]: () => server.stop() };
}

/** The built project server as a process of its own, its standard input a pipe. */
export async function spawnProjectServer(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  program = main,
) {
  if (!existsSync(program)) throw new Error(`${program} is not there. Build first: npm run build.`);
  const own = { PORT: '0', VALET_DATA_DIR: dataDir, VALET_INTERNAL_SECRET: internalSecret };
  const child = spawn(process.execPath, [program], { env: { ...own, ...environment }, stdio: 'pipe' });
  const exited = once(child, 'exit').then(([code, signal]) => String(code ?? signal));
  const stderr: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  const firstLine = new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  const line = await Promise.race([firstLine, exited.then(() => '')]);
  return {
    child,
    exited,
    errors: () => stderr.join(''),
    client: new ProjectServerClient(line === '' ? 0 : Number(JSON.parse(line).port)),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

export interface StoredRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/**
 * The other end of presigned URLs and activity reports: keeps what is put, gives what it has. `next` says how the next
 * requests are answered: a status, `reset` for a connection that breaks, `hang` for no answer at all.
 */
export async function runStore() {
  const objects = new Map<string, Buffer>();
  const requests: StoredRequest[] = [];
  const next: (number | 'reset' | 'hang')[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await buffer(request);
    const [method = '', path = ''] = [request.method, request.url?.split('?')[0]];
    requests.push({ method, path, headers: request.headers, body: bytes });
    const outcome = next.shift() ?? 200;
    if (outcome === 'reset') request.socket.resetAndDestroy();
    if (outcome === 'reset' || outcome === 'hang') return;
    if (outcome === 200 && method === 'PUT') objects.set(path, bytes);
    const found = method === 'GET' ? objects.get(path) : Buffer.alloc(0);
    response.writeHead(outcome === 200 && found === undefined ? 404 : outcome).end(found);
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    objects,
    requests,
    next,
    archiveOrder: (key: string) => ({ r2_key: key, upload_url: `${url}/${key}?X-Amz-Signature=not-to-be-told` }),
    restoreOrder: (key: string, r2_checksum = sha256(objects.get(`/${key}`) ?? Buffer.alloc(0))) => ({
      r2_key: key,
      r2_checksum,
      download_url: `${url}/${key}?X-Amz-Signature=not-to-be-told`,
    }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Archives a project that holds `a = archived` to the key `archive`, from a machine that is gone afterwards. */
export async function makeArchive(store: Awaited<ReturnType<typeof runStore>>, projectId = 'demo'): Promise<void> {
  await using data = await makeDataDir();
  await using used = await runProjectServer(data.dir);
  await used.client.configure(1, projectId);
  await used.client.put('a', 'archived');
  const answer = await used.client.call('archive-to-r2', 2, store.archiveOrder('archive'));
  if (answer.status !== 200) throw new Error(answer.text);
}
