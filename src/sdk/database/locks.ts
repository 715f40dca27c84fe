import { type Logger, silentLogger } from '../logger.js';
import type { TaskLocks } from '../upkeep/task.js';
import { DirectSession } from './direct-session.js';

const pingMs = 5_000;
/** How the sessions that hold locks are named in `pg_stat_activity`; behind an @ follows the instance. */
export const lockSessions = 'valet-locks';

export interface LockSettings {
  /** As others are told who holds a lock; PostgreSQL keeps the first 51 characters. */
  readonly instance?: string;
  readonly logger?: Logger;
}

/**
 * Advisory locks of one instance, all on one direct session. They keep two instances from doing the same work twice;
 * they do not make it right (a lock can be lost unnoticed), the guards in every statement do.
 */
export class AdvisoryLocks implements TaskLocks, AsyncDisposable {
  readonly #url: string;
  readonly #sessionName: string;
  readonly #logger: Logger;
  /** Session locks stack, so the same session would be given a lock that it holds already. */
  readonly #running = new Set<number>();
  readonly #held = new Set<number>();
  #session: Promise<DirectSession> | undefined;
  #closed = false;

  constructor(directUrl: string, { instance, logger = silentLogger }: LockSettings = {}) {
    this.#url = directUrl;
    this.#sessionName = instance === undefined ? lockSessions : `${lockSessions}@${instance}`;
    this.#logger = logger;
  }

  get held(): ReadonlySet<number> {
    return this.#held;
  }

  async tryRun<T>(
    lock: number,
    task: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<{ readonly held: true } | { readonly held: false; readonly result: T }> {
    if (this.#closed) throw new Error('The locks are closed.');
    if (this.#running.has(lock)) return { held: true };
    this.#running.add(lock);
    try {
      const session = await this.#open();
      const [answer] = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lock]);
      if (!answer?.locked) return { held: true };
      using _held = this.#holds(lock, session.lost);
      try {
        const result = await task(signal ? AbortSignal.any([session.lost, signal]) : session.lost);
        return { held: false, result };
      } finally {
        await unlock(session, lock);
      }
    } finally {
      this.#running.delete(lock);
    }
  }

  /** Until disposed, or until the session is lost and the lock with it. */
  #holds(lock: number, lost: AbortSignal): Disposable {
    const drop = () => this.#held.delete(lock);
    this.#held.add(lock);
    lost.addEventListener('abort', drop, { once: true });
    return {
      [Symbol.dispose]: () => {
        lost.removeEventListener('abort', drop);
        drop();
      },
    };
  }

  /** Set before anything is awaited, so that all who ask at once share one session. */
  #open(): Promise<DirectSession> {
    this.#session = livingSession(this.#session, this.#url, this.#sessionName, () => this.#lost());
    return this.#session;
  }

  #lost(): void {
    if (!this.#closed) this.#logger.warn({ held: [...this.#held] }, 'the session that holds the locks is lost');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const session = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    await session?.[Symbol.asyncDispose]();
  }
}

async function livingSession(
  known: Promise<DirectSession> | undefined,
  url: string,
  name: string,
  onLost: () => void,
): Promise<DirectSession> {
  const session = await known?.catch(() => undefined);
  return session && !session.lost.aborted ? session : openPinged(url, name, onLost);
}

async function openPinged(url: string, name: string, onLost: () => void): Promise<DirectSession> {
  const session = await DirectSession.open(url, name);
  const timer = setInterval(() => void session.query('select 1').catch(() => undefined), pingMs);
  timer.unref();
  session.lost.addEventListener('abort', () => clearInterval(timer), { once: true });
  session.lost.addEventListener('abort', onLost, { once: true });
  return session;
}

/** A lost session has given its locks back already. */
async function unlock(session: DirectSession, lock: number): Promise<void> {
  if (session.lost.aborted) return;
  await session.query('select pg_advisory_unlock($1)', [lock]).catch(() => undefined);
}
