import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Router } from '../sdk/routing/router.js';
import type { ProjectRequests } from './project-requests.js';

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

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#ending) response.shouldKeepAlive = false;
    const url = request.url ?? '/';
    const parsed = this.#router.parse(request.headers.host, url);
    if (parsed.kind === 'own') this.#api(request, response);
    else if (parsed.kind === 'invalid') this.#projects.refuseInvalid(parsed.text, request, response);
    else if (parsed.via === 'subdomain' && isOursOnSubdomains(request.method, url)) this.#api(request, response);
    else this.#projects.handle(parsed.id, request, response);
  }
}

/** The preflight is ours so that a sleeping project is not woken by a browser that only asks whether it may ask. */
function isOursOnSubdomains(method: string | undefined, url: string): boolean {
  return method === 'OPTIONS' || url === '/health' || url.startsWith('/health?');
}
