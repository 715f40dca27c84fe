import type { RoutingLoad } from '../sdk/routing/counts.js';
import type { Serving } from '../sdk/serving.js';
import type { Answer } from './answer.js';
import type { Loops } from './loops.js';
import { publicError } from './problem.js';
import { SharedRead } from './shared-read.js';

export interface ReadinessParts {
  readonly serving: Pick<Serving, 'checkDatabase' | 'changes'>;
  readonly router: { readonly load: Pick<RoutingLoad, 'degraded'> };
  readonly loops: Pick<Loops, 'stuck'>;
  readonly stopping: () => boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** `null` is in order; a text says what is not. */
interface Checks {
  readonly serving: string | null;
  readonly database: string | null;
  readonly changes: string | null;
  readonly loops: string | null;
}

interface DatabaseFault {
  readonly text: string;
  /** It does not answer, rather than with something that is wrong. */
  readonly away: boolean;
}

/** Shorter than any health check's own patience. */
const databaseTimeoutMs = 3_000;
const keepMs = 1_000;

/** Whether this instance should be sent traffic. The database is asked once for all who ask within a second. */
export class Readiness {
  readonly #parts: ReadinessParts;
  readonly #database: SharedRead<DatabaseFault | null>;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
    const read = () => databaseFault(parts.serving);
    this.#database = new SharedRead({ read, keepMs, timeoutMs: databaseTimeoutMs, now: parts.now });
  }

  async answer(): Promise<Answer> {
    const { serving, router, loops, stopping } = this.#parts;
    const fault = await this.#database.get().catch(() => noAnswer);
    const checks: Checks = {
      serving: stopping() ? 'The server is stopping.' : null,
      database: fault?.text ?? null,
      changes: serving.changes.healthy ? null : 'News of changes does not arrive; every request reads the database.',
      loops: loops.stuck.length === 0 ? null : `Stuck: ${loops.stuck.join(', ')}.`,
    };
    const ready = Object.values(checks).every((text) => text === null);
    const degraded = router.load.degraded || fault?.away === true;
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    return { status: ready ? 200 : 503, headers, body: JSON.stringify({ ready, degraded, checks }) };
  }
}

const noAnswer: DatabaseFault = { text: 'The database does not answer.', away: true };

async function databaseFault(serving: Pick<Serving, 'checkDatabase'>): Promise<DatabaseFault | null> {
  try {
    await serving.checkDatabase();
    return null;
  } catch (thrown) {
    const { code, message } = publicError(thrown);
    if (code === 'internal') return noAnswer;
    return { text: message, away: code === 'database_unavailable' };
  }
}
