import { randomBytes, randomInt } from 'node:crypto';
import { type DatabaseRefusal, type HealthSession, refusalOf, withHealthSession } from './health-session.js';

/** What was seen on three connections to one address that is said to have no pooler before it. */
export type DirectFacts =
  | { readonly kind: 'refused'; readonly refusal: DatabaseRefusal }
  /** A connection that asked twice was answered by two processes, or two that were open at once by the same. */
  | { readonly kind: 'shared' }
  /** While other connections were in a transaction, an open one got no answer. */
  | { readonly kind: 'starved' }
  | {
      readonly kind: 'own';
      /** Whether each was greeted by the process that answers it: a pooler makes that number up. */
      readonly greetedByItself: boolean;
      /** Whether what the greeting asked for holds in the session. */
      readonly keepsSettings: boolean;
      /** Whether what one told another by NOTIFY arrived. */
      readonly hears: boolean;
      /** Whether a lock that one held was held for the other too. */
      readonly seesLocks: boolean;
    };

/** As the sessions that hold the locks ask for it (`direct-session.ts`). */
const idleSessionTimeoutMs = 15_000;
const newsTimeoutMs = 2_000;
const looksAlone = 4;
/** Locks of one number of 64 bits, above all that anybody gives by hand. */
const smallestLock = 2 ** 46;
const largestLock = 2 ** 47;

/**
 * Whether an address leads to sessions of one's own. A pooler by transaction lends a server connection for each
 * transaction, so two connections hold a transaction each while a third, which was there before, asks again who answers
 * it. Locks and LISTEN are tried only when that went well: through such a pooler they would stay behind on a connection
 * that is lent to others.
 */
export async function lookAtDirectUrl(
  url: string,
  signal: AbortSignal,
  bounds: { readonly answerTimeoutMs?: number } = {},
): Promise<DirectFacts> {
  const settings = `-c idle_session_timeout=${idleSessionTimeoutMs}`;
  const open = <T>(work: (session: HealthSession) => Promise<T>) =>
    withHealthSession({ url, signal, settings, ...bounds }, work);
  try {
    return await open((one) => open((two) => open((three) => compare(one, two, three))));
  } catch (thrown) {
    signal.throwIfAborted();
    return { kind: 'refused', refusal: refusalOf(thrown) };
  }
}

async function compare(one: HealthSession, two: HealthSession, three: HealthSession): Promise<DirectFacts> {
  const before = await processOf(one);
  // A pooler that lends in turn gives itself away when nobody holds anything, one that lends the last when others do.
  for (let look = 0; look < looksAlone; look++) if ((await processOf(one)) !== before) return { kind: 'shared' };
  const during = await askedDuring(one, [two, three]);
  if (during === null) return { kind: 'starved' };
  if (during.own !== before || new Set([before, ...during.others]).size < 3) return { kind: 'shared' };
  return {
    kind: 'own',
    greetedByItself: one.greetedBy === before,
    keepsSettings: await keepsSettings(one),
    hears: await hears(one, two),
    seesLocks: await seesLocks(one, two),
  };
}

/** Null where somebody got no answer while the others held theirs. */
async function askedDuring(
  one: HealthSession,
  others: readonly HealthSession[],
): Promise<{ readonly own: number; readonly others: number[] } | null> {
  const processes: number[] = [];
  try {
    for (const other of others) {
      await other.query('begin');
      processes.push(await processOf(other));
    }
    return { own: await processOf(one), others: processes };
  } catch {
    return null;
  } finally {
    await Promise.allSettled(others.slice(0, processes.length).map((other) => other.query('rollback')));
  }
}

async function processOf(session: HealthSession): Promise<number> {
  const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
  return row?.pid ?? 0;
}

async function keepsSettings(session: HealthSession): Promise<boolean> {
  const [row] = await session.query<{ ms: string }>(
    `select setting as ms from pg_settings where name = 'idle_session_timeout'`,
  );
  return row?.ms === String(idleSessionTimeoutMs);
}

async function hears(listener: HealthSession, teller: HealthSession): Promise<boolean> {
  const channel = `valet_doctor_${randomBytes(8).toString('hex')}`;
  const heard = Promise.withResolvers<boolean>();
  listener.onNews((name) => {
    if (name === channel) heard.resolve(true);
  });
  const timer = setTimeout(() => heard.resolve(false), newsTimeoutMs);
  try {
    await listener.query(`listen ${channel}`);
    await teller.query('select pg_notify($1, $2)', [channel, '']);
    return await heard.promise;
  } finally {
    clearTimeout(timer);
    await listener.query(`unlisten ${channel}`);
  }
}

/** A number that nobody else uses, given back at once; it goes with the session at the latest. */
async function seesLocks(holder: HealthSession, other: HealthSession): Promise<boolean> {
  const lock = randomInt(smallestLock, largestLock);
  const take = async (session: HealthSession) => {
    const [row] = await session.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [lock]);
    return row?.taken ?? false;
  };
  const taken = await take(holder);
  const takenTwice = await take(other);
  if (takenTwice) await other.query('select pg_advisory_unlock($1)', [lock]);
  await holder.query('select pg_advisory_unlock($1)', [lock]);
  return taken && !takenTwice;
}
