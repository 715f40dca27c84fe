import type { DirectFacts } from '../../database/health-direct.js';
import { failure, ok, type Verdict, warning } from '../finding.js';

const mend =
  'Set DATABASE_DIRECT_URL to the address of the database itself (of Fly Managed Postgres: direct.CLUSTER.flympg.net).';

/** Advisory locks and LISTEN belong to a session, so what stands before the direct address must give one of its own. */
export function judgeDirectUrl(facts: DirectFacts): Verdict {
  switch (facts.kind) {
    case 'refused':
      return refused(facts.refusal.sqlState, facts.refusal.reason);
    case 'shared':
      return failure('A transaction pooler stands before the direct URL: one session was answered by several.', mend);
    case 'starved':
      return failure('A pooler stands before the direct URL: open connections wait while others hold theirs.', mend);
    case 'own':
      return judgeOwn(facts);
  }
}

/** PgBouncer refuses settings in the greeting that it does not keep (08P01, "unsupported startup parameter"). */
function refused(sqlState: string | null, reason: string): Verdict {
  if (sqlState === '08P01' || /startup parameter/i.test(reason)) {
    return failure(`A pooler stands before the direct URL: it refuses settings of a session (${reason}).`, mend);
  }
  return failure(`The direct URL was not examined: ${reason}.`, 'Let the database accept three more connections.');
}

function judgeOwn(facts: Extract<DirectFacts, { kind: 'own' }>): Verdict {
  if (!facts.seesLocks) {
    return failure('A lock that one session holds is not held for another: they are on different databases.', mend);
  }
  if (!facts.hears) return failure('What one session tells by NOTIFY does not reach another that listens.', mend);
  if (!facts.keepsSettings) {
    return failure(
      'What the direct URL leads to drops settings of a session: a paused instance would keep its locks for ever.',
      mend,
    );
  }
  if (!facts.greetedByItself) {
    return warning(
      'A pooler by session stands before the direct URL: it works until somebody switches it to transactions.',
      mend,
    );
  }
  return ok('Sessions are their own: settings, locks and news hold.');
}
