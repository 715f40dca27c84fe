/** Where a project is reached. */
export class ProjectUrls {
  readonly #public: URL;
  readonly #domain: string | undefined;

  constructor(publicUrl: string, routerDomain: string | undefined) {
    this.#public = new URL(publicUrl);
    this.#domain = routerDomain;
  }

  /** By subdomain where there is a domain for it, with the scheme and port of the control plane; else by path. */
  of(id: string): string {
    const { protocol, port, origin } = this.#public;
    if (this.#domain === undefined) return `${origin}/projects/${id}/`;
    return `${protocol}//${id}.${this.#domain}${port ? `:${port}` : ''}/`;
  }
}
