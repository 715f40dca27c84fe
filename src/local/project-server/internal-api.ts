import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { archiveOrderSchema } from './archive.js';
import { projectIdSchema } from './kept-state.js';
import type { MachineProtocol } from './machine-protocol.js';
import type { OpenCalls } from './open-calls.js';
import { Problem, sendJson } from './problem.js';
import { readJson } from './request-body.js';
import { restoreOrderSchema } from './restore.js';

const configureOrderSchema = z.object({ project_id: projectIdSchema, deploy_key: z.string().min(1).max(1024) });

/** The machine protocol over HTTP: who may speak, in which epoch, and which call it is. */
export class InternalApi {
  readonly #protocol: MachineProtocol;
  readonly #openCalls: OpenCalls;
  readonly #secretDigest: Buffer;

  constructor(protocol: MachineProtocol, openCalls: OpenCalls, secret: string) {
    this.#protocol = protocol;
    this.#openCalls = openCalls;
    this.#secretDigest = digest(secret);
  }

  async handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    this.#authenticate(request);
    this.#openCalls.begin(request, response);
    const method = path === '/internal/status' ? 'GET' : 'POST';
    const call = path === '/internal/status' ? async () => this.#protocol.status() : this.#call(request, path);
    if (request.method !== method) throw new Problem(405, 'method_not_allowed', `${path} takes ${method} only.`);
    sendJson(response, await call());
  }

  /** Before everything else, so that nobody without the secret learns which paths there are. */
  #authenticate(request: IncomingMessage): void {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    // Digests have equal lengths, which a comparison in constant time needs.
    const right = timingSafeEqual(digest(token ?? ''), this.#secretDigest);
    if (scheme?.toLowerCase() === 'bearer' && right) return;
    throw new Problem(401, 'unauthorized', 'This needs the internal secret of this machine as a bearer token.');
  }

  #call(request: IncomingMessage, path: string): () => Promise<unknown> {
    switch (path) {
      case '/internal/configure':
        return async () => {
          const epoch = epochOf(request);
          const { project_id, deploy_key } = await readJson(request, configureOrderSchema);
          return this.#protocol.configure(epoch, project_id, deploy_key);
        };
      case '/internal/restore-from-r2':
        return async () => this.#protocol.restore(epochOf(request), await readJson(request, restoreOrderSchema));
      case '/internal/archive-to-r2':
        return async () => this.#protocol.archive(epochOf(request), await readJson(request, archiveOrderSchema));
      case '/internal/resume':
        return async () => this.#protocol.resume(epochOf(request));
      default:
        throw new Problem(404, 'not_found', 'The machine protocol has no such call.');
    }
  }
}

function epochOf(request: IncomingMessage): number {
  const text = request.headers['valet-epoch'];
  if (typeof text === 'string' && /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new Problem(400, 'epoch_required', 'The header Valet-Epoch must be there and hold a decimal integer.');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
