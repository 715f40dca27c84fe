import type { Group } from './claim.js';
import type { SceneName } from './scene.js';

/** Which server is held to the machine protocol, and how far it may be tried. */
export interface CheckServerOptions {
  /** Where the project server is reached, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The server's VALET_INTERNAL_SECRET. */
  readonly secret: string;
  /** For a server that is a project's already: which one, and the largest epoch that it has seen. Its data is lost. */
  readonly owned?: { readonly projectId: string; readonly epoch: number } | undefined;
  /** What people ask for; anything but a 503 counts as served. `/` by default. */
  readonly path?: string | undefined;
  /** Where a PUT is kept in the database; `{n}` is replaced by a text of its own. Without it writes are not checked. */
  readonly writePath?: string | undefined;
  /** Restarts the server with the same data and resolves when that is done. Without it restarts are not checked. */
  readonly restart?: (() => Promise<void>) | undefined;
  /** Where uploads and downloads are served; a free port of 127.0.0.1 by default. */
  readonly listen?: { readonly host: string; readonly port: number } | undefined;
  /** Where the server reaches that, if not by the same address. */
  readonly publicUrl?: string | undefined;
  /** For each call; 10 s by default. */
  readonly timeoutMs?: number | undefined;
  /** Only claims of these groups are judged. All by default. */
  readonly only?: readonly Group[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before anything of the server is changed. */
  readonly onStart?: ((about: { readonly projectId: string; readonly kind: 'full' | 'basic' }) => void) | undefined;
  readonly onScene?: ((name: SceneName) => void) | undefined;
}
