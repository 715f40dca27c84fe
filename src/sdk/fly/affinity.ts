import type { IncomingHttpHeaders } from 'node:http';

const cookieName = 'fly_flaps_affinity';
const maxChars = 1_024;

interface Kept {
  readonly pair: string;
  readonly path: string;
}

/**
 * After some writes Fly sets a cookie that leads the next reads to the same API node, where the write is known already.
 * The newest one is kept, and nothing depends on it: whether every write sets it is unconfirmed.
 * Source: the vendor's own client, which keeps a jar.
 */
export class Affinity {
  #kept: Kept | undefined;

  /** Whoever answers nothing, or that it is broken, is not asked for again. */
  forget(): void {
    this.#kept = undefined;
  }

  headersFor(path: string): { readonly cookie?: string } {
    const kept = this.#kept;
    return kept !== undefined && covers(kept.path, path) ? { cookie: kept.pair } : {};
  }

  /** @param requestPath what the cookie is for, if it does not say so itself */
  note(headers: IncomingHttpHeaders, requestPath: string): void {
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      if (!pair.startsWith(`${cookieName}=`) || pair.length > maxChars) continue;
      const isOver = pair === `${cookieName}=` || attribute(attributes, 'max-age') === '0';
      this.#kept = isOver ? undefined : { pair, path: attribute(attributes, 'path') ?? requestPath };
    }
  }
}

function attribute(attributes: readonly string[], name: string): string | undefined {
  const prefix = `${name}=`;
  return attributes.find((part) => part.toLowerCase().startsWith(prefix))?.slice(prefix.length);
}

/** RFC 6265, 5.1.4. */
function covers(cookiePath: string, path: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}
