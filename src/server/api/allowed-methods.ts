/** Which methods there are at a path, for who asks with another. */
export class AllowedMethods {
  readonly #routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  /**
   * @param url as Fastify has it: a segment that begins with a colon stands for any. An asterisk is the preflight's, which
   * is answered everywhere and makes no address.
   */
  add(url: string, methods: string | readonly string[]): void {
    if (url.includes('*')) return;
    const path = new RegExp(`^${url.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`);
    this.#routes.push({ path, methods: [methods].flat() });
  }

  at(path: string): readonly string[] {
    const found = this.#routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods);
    return [...new Set(found)].toSorted();
  }
}
