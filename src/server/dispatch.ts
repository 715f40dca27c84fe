import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ValetError } from '../sdk/errors.js';
import { absoluteTarget, type ParsedRoute, type ProjectTarget } from '../sdk/routing/parse.js';
import type { Router } from '../sdk/routing/router.js';
import type { ProjectRequests } from './project-requests.js';
import { headOf } from './request-head.js';

/** Parts requests into the API's and the projects', before anything else looks at them. */
export class Dispatch {
  readonly #router: Router;
  readonly #projects: ProjectRequests;
  readonly #api: RequestListener;
  #ending = false;

  constructor(router: Router, projects: ProjectRequests, api: RequestListener) {
    this.#router = router;
    this.#projects = projects;
    this.#api = api;
  }

  /** From now on each answer ends its connection. */
  endKeepAlive(): void {
    this.#ending = true;
  }

  /** After the last request: says what is left to say of them. */
  close(): void {
    this.#projects.close();
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#ending) response.shouldKeepAlive = false;
    const url = request.url ?? '/';
    const head = headOf(request.rawHeaders);
    const parsed = this.#router.parse(head.host, url);
    if (parsed.kind === 'own' || (parsed.kind === 'project' && isOurs(parsed, request.method, url))) {
      this.#toApi(url, request, response);
    } else if (parsed.kind === 'project') this.#projects.handle(parsed, { head, request, response });
    else this.#projects.refuse(whyNobodys(parsed), { head, request, response });
  }

  /**
   * The same for a request with `Expect: 100-continue`. A project's body is not asked for: Fly's proxy has to keep it for
   * the machine. node:http then ends the connection with the answer, since nobody can tell whether the body still comes.
   */
  handleExpecting(request: IncomingMessage, response: ServerResponse): void {
    const { kind } = this.#router.parse(headOf(request.rawHeaders).host, request.url ?? '/');
    if (kind === 'own') response.writeContinue();
    this.handle(request, response);
  }

  /** It knows targets in origin form only. */
  #toApi(url: string, request: IncomingMessage, response: ServerResponse): void {
    const target = url.startsWith('/') ? undefined : absoluteTarget(url);
    if (target !== undefined) request.url = target.path;
    this.#api(request, response);
  }
}

/** The preflight is ours so that a sleeping project is not woken by a browser that only asks whether it may ask. */
function isOurs({ via }: ProjectTarget, method: string | undefined, url: string): boolean {
  if (via !== 'subdomain') return false;
  if (method === 'OPTIONS') return true;
  const path = url.startsWith('/') ? url : (absoluteTarget(url)?.path ?? '');
  return path === '/health' || path.startsWith('/health?');
}

function whyNobodys(parsed: Exclude<ParsedRoute, { kind: 'project' | 'own' }>): ValetError {
  if (parsed.kind === 'invalid') {
    return new ValetError('project_id_invalid', `${JSON.stringify(parsed.text)} cannot be the id of a project.`);
  }
  return new ValetError('request_invalid', 'The request does not name one host, as HTTP demands (RFC 9112, 3.2).', {
    hint: 'Send one Host header with a name or an address, and a path or an http:// URL as target.',
  });
}
