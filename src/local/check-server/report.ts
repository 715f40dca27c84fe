import type { Claim, Group } from './claim.js';
import { type ClaimId, claimIds, claims } from './claims.js';
import type { Trial } from './trial.js';
import { notChecked, type Verdict } from './verdict.js';

/** One claim of the machine protocol, and whether it holds for the server that was tried. */
export interface JudgedClaim {
  /** Stable, such as `archive.sentinel`. */
  readonly id: ClaimId;
  readonly group: Group;
  readonly level: Claim['level'];
  readonly claim: string;
  readonly outcome: Verdict['kind'];
  /** Why it was not checked, else null. */
  readonly why: string | null;
  /** What was asked when it did not hold, else null. */
  readonly sent: string | null;
  /** What came back when it did not hold, else null. */
  readonly got: string | null;
}

/** The result of a run; its fields are stable, and it holds no secret. */
export interface CheckReport {
  readonly url: string;
  readonly server: 'full' | 'basic';
  readonly project_id: string;
  /** Whether no `must` was found not to hold. */
  readonly ok: boolean;
  readonly counts: Readonly<Record<Verdict['kind'], number>>;
  readonly claims: readonly JudgedClaim[];
}

export interface ReportContext {
  readonly url: string;
  readonly only: readonly Group[] | undefined;
  /** Why some were not reached. */
  readonly unreached: string | undefined;
}

export function reportOf(trial: Trial, { url, only, unreached }: ReportContext): CheckReport {
  const isBasic = trial.parts.kind === 'basic';
  const judged = claimIds()
    .filter((id) => only === undefined || only.includes(claims[id].group))
    .map((id) => {
      const left = isBasic && claims[id].basic === 'may leave out' ? 'A basic server may leave this out.' : unreached;
      return judgedClaim(id, trial.verdict(id) ?? notChecked(left ?? 'It was not reached.'));
    });
  const count = (kind: Verdict['kind']) => judged.filter(({ outcome }) => outcome === kind).length;
  return {
    url,
    server: trial.parts.kind,
    project_id: trial.parts.projectId,
    ok: !judged.some(({ level, outcome }) => level === 'must' && outcome === 'does_not_hold'),
    counts: { holds: count('holds'), does_not_hold: count('does_not_hold'), not_checked: count('not_checked') },
    claims: judged,
  };
}

function judgedClaim(id: ClaimId, verdict: Verdict): JudgedClaim {
  const { group, level, says } = claims[id];
  return {
    id,
    group,
    level,
    claim: says,
    outcome: verdict.kind,
    why: verdict.kind === 'not_checked' ? verdict.why : null,
    sent: verdict.kind === 'does_not_hold' ? verdict.sent : null,
    got: verdict.kind === 'does_not_hold' ? verdict.got : null,
  };
}
