import type { ClockFacts, DatabaseFacts, Reached } from '../../database/health.js';
import { failure, ok, type Verdict, warning } from '../finding.js';

/** What the address says without its credentials: `db.example.com:5432/valet`. */
export interface Address {
  readonly variable: 'DATABASE_URL' | 'DATABASE_DIRECT_URL';
  readonly place: string;
}

export function judgeReached({ variable, place }: Address, reached: Reached): Verdict {
  if (!reached.reached) {
    return failure(
      `${place} does not let us in: ${reached.reason}.`,
      mendOf(variable, reached.sqlState, reached.reason),
    );
  }
  if (reached.standby) {
    return failure(`${place} is a standby, which takes no writes.`, `Point ${variable} at the primary.`);
  }
  return ok(`${place} answers.`);
}

/** Codes: PostgreSQL, appendix A. Without one it was the network that failed. */
function mendOf(variable: string, sqlState: string | null, reason: string): string {
  if (sqlState === '28P01' || sqlState === '28000') return `Correct the user and the password in ${variable}.`;
  if (sqlState === '3D000') return `Create the database that ${variable} names, or name another.`;
  if (sqlState?.startsWith('53')) return 'Close what uses up the connections of the database, or allow it more.';
  if (sqlState !== null) return `See what PostgreSQL says, and check ${variable}.`;
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) {
    return `Check the host name in ${variable}; names that end in .internal or .flympg.net resolve only inside Fly's private network.`;
  }
  return `Check host and port in ${variable}, and that PostgreSQL runs and accepts connections from here.`;
}

/** Both addresses must lead to one database: locks taken in another one keep nobody out. */
export function judgeDirect(address: Address, direct: Reached, pooled: Reached): Verdict {
  const verdict = judgeReached(address, direct);
  if (verdict.verdict !== 'ok' || !direct.reached || !pooled.reached) return verdict;
  if (direct.identity === pooled.identity) return ok(`${address.place} answers, and is the same database.`);
  return failure(
    `${address.place} is another database than that of DATABASE_URL.`,
    'Point DATABASE_DIRECT_URL at the database that DATABASE_URL leads to, without the pooler.',
  );
}

const oldestVersion = 15;

export function judgeVersion({ version }: Pick<DatabaseFacts, 'version'>): Verdict {
  const shown = `${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version >= oldestVersion * 10_000) return ok(`PostgreSQL ${shown}.`);
  return failure(
    `PostgreSQL ${shown} is too old: Valet needs ${oldestVersion} or later.`,
    `Upgrade the server to PostgreSQL ${oldestVersion} or later.`,
  );
}

export function judgeMigrations(facts: {
  readonly applied: readonly string[];
  readonly known: readonly string[];
}): Verdict {
  const pending = facts.known.filter((name) => !facts.applied.includes(name));
  const unknown = facts.applied.filter((name) => !facts.known.includes(name));
  if (pending.length > 0) return failure(`The database lacks ${pending.join(', ')}.`, 'Run "valet db migrate".');
  if (unknown.length === 0) return ok(`All ${facts.known.length} migrations are applied.`);
  return warning(
    `The database has ${unknown.join(', ')}, which this version of Valet does not know: a newer one was here.`,
    'Use the version of Valet that migrated it.',
  );
}

/** From where on what people are shown ("3 s ago") and what two logs say no longer agree. */
const noticeableMs = 2_000;
/**
 * Deadlines of rows go by the database's clock alone. What goes by this computer's: the windows in which public creates
 * are counted, the shortest of which is 10 s, so that an instance that is this far off counts for itself; and from 15 min
 * on, R2 refuses what it signs.
 */
const harmfulMs = 10_000;
/** The database's own clock is the one that decides, unless a test has replaced the function. */
const mostMovedMs = 1_000;

export function judgeClock({ aheadMs, uncertainMs, movedMs }: ClockFacts): Verdict {
  if (movedMs !== null && Math.abs(movedMs) > mostMovedMs) {
    return failure(
      `valet_now() is ${inSeconds(movedMs)} away from the database's clock: somebody has replaced the function.`,
      `Put it back: create or replace function valet_now() returns timestamptz language sql stable as 'select now()'.`,
    );
  }
  const leastMs = Math.max(0, Math.abs(aheadMs) - uncertainMs);
  const found = `This computer's clock is ${inSeconds(aheadMs)} ${aheadMs < 0 ? 'behind' : 'ahead of'} the database's`;
  const mend = 'Let both computers set their clocks by the network (NTP).';
  if (leastMs >= harmfulMs) return failure(`${found}, too far to count creates and to sign for R2.`, mend);
  if (leastMs >= noticeableMs) return warning(`${found}.`, mend);
  return ok(`This computer's clock and the database's agree to within ${inSeconds(Math.abs(aheadMs) + uncertainMs)}.`);
}

function inSeconds(ms: number): string {
  const secs = Math.abs(ms) / 1000;
  return `${secs < 10 ? Math.max(0.1, Math.ceil(secs * 10) / 10) : Math.round(secs)} s`;
}

export function judgeRights(missing: readonly string[]): Verdict {
  if (missing.length === 0) return ok('Its user may do all that Valet does.');
  return failure(
    `Its user may not: ${missing.join(', ')}.`,
    'Grant that to the user of DATABASE_URL, or let the user that migrates own it all.',
  );
}
