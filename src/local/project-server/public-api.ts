import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeptState } from './kept-state.js';
import { Problem, sendJson } from './problem.js';
import type { ProjectDatabase } from './project-database.js';
import { type PublicPath, parsePublicPath } from './public-path.js';
import { readBody } from './request-body.js';
import type { Traffic } from './traffic.js';
import type { Volume } from './volume.js';

const maxValueBytes = 256 * 1024;

/** What stays the same while the process lives, to tell a resume from a restart. */
export interface Boot {
  readonly id: string;
  readonly startedAtMs: number;
  readonly machineId: string | null;
}

/** What the project's people see: a key-value store, small enough to read and real enough to lose data with. */
export class PublicApi {
  readonly #volume: Volume;
  readonly #traffic: Traffic;
  readonly #boot: Boot;

  constructor(volume: Volume, traffic: Traffic, boot: Boot) {
    this.#volume = volume;
    this.#traffic = traffic;
    this.#boot = boot;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { projectId, database } = serving(this.#volume);
    this.#traffic.serve(response, !onlyObserves(request));
    const path = parsePublicPath(request.url ?? '/', projectId);
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    if (path.kind === 'key' && method !== 'GET') return this.#changeKey(request, response, path.key);
    this.#refuseUnknown(path, method);
    if (path.kind === 'key') return sendValue(response, database, path.key);
    if (path.kind === 'keys') return sendJson(response, database.keys(path.after, path.limit));
    if (path.kind === 'about') return sendJson(response, this.#about(request, this.#volume.state));
    return sendHome(request, response, projectId);
  }

  async #changeKey(request: IncomingMessage, response: ServerResponse, key: string): Promise<void> {
    if (request.method !== 'PUT' && request.method !== 'DELETE') {
      throw new Problem(405, 'method_not_allowed', 'A key takes GET, PUT and DELETE.');
    }
    const value = request.method === 'PUT' ? textOf(await readBody(request, maxValueBytes)) : undefined;
    // Asked again: a restore may have replaced the database while the body came in.
    const { database } = serving(this.#volume);
    if (value === undefined) database.delete(key);
    else database.set(key, value);
    response.writeHead(204).end();
  }

  #refuseUnknown(path: PublicPath, method: string): void {
    if (path.kind === 'unknown') throw new Problem(404, 'not_found', 'The project has nothing at this path.');
    if (path.kind === 'key_invalid')
      throw new Problem(400, 'key_invalid', 'A key is 1 to 256 characters, URL-encoded.');
    if (path.kind === 'web_socket') throw new Problem(426, 'upgrade_required', 'This path speaks WebSocket.');
    if (method !== 'GET') throw new Problem(405, 'method_not_allowed', 'This path can only be read.');
  }

  #about(request: IncomingMessage, state: KeptState): Readonly<Record<string, unknown>> {
    return {
      project_id: state.project_id,
      epoch: state.epoch,
      machine_id: this.#boot.machineId,
      boot_id: this.#boot.id,
      uptime_ms: Math.round(performance.now() - this.#boot.startedAtMs),
      requests_since_boot: this.#traffic.requestsSinceBoot,
      replay_src: request.headers['fly-replay-src'] ?? null,
    };
  }
}

/** The router says so of health probes, link previews and the like, and Fly's proxy hands it on. */
function onlyObserves(request: IncomingMessage): boolean {
  const told = request.headers['fly-replay-src'];
  return typeof told === 'string' && told.split(';').includes('state=observer');
}

/** @throws Problem 503 while the machine serves nobody */
export function serving(volume: Volume): { readonly projectId: string; readonly database: ProjectDatabase } {
  const { state, database } = volume;
  if (state.project_id === null || database === undefined) {
    throw new Problem(503, 'not_configured', 'This machine belongs to no project yet.', { retryAfterSecs: 1 });
  }
  if (state.quiesced !== null) {
    throw new Problem(503, 'quiesced', 'The project is going to sleep or waking up.', { retryAfterSecs: 1 });
  }
  return { projectId: state.project_id, database };
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (error) {
    throw new Problem(400, 'value_invalid', 'A value is UTF-8 text.', { cause: error });
  }
}

function sendValue(response: ServerResponse, database: ProjectDatabase, key: string): void {
  const value = database.get(key);
  if (value === undefined) throw new Problem(404, 'key_not_found', 'There is no such key.');
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(value);
}

function sendHome(request: IncomingMessage, response: ServerResponse, projectId: string): void {
  if (!(request.headers.accept ?? '').includes('text/html')) {
    sendJson(response, { project_id: projectId });
    return;
  }
  // A project id is a DNS label, so there is nothing to escape.
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(
    `<!doctype html><html lang="en"><title>${projectId}</title><h1>${projectId}</h1><p>This project is awake.`,
  );
}
