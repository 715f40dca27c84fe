import { wrapped } from '../text/wrapped.js';

/** As far as it is shown; the local platform has the whole. */
export interface ShownReport {
  readonly url: string;
  readonly server: 'full' | 'basic';
  readonly ok: boolean;
  readonly counts: Readonly<Record<'holds' | 'does_not_hold' | 'not_checked', number>>;
  readonly claims: readonly ShownClaim[];
}

interface ShownClaim {
  readonly id: string;
  readonly group: string;
  readonly level: 'must' | 'should';
  readonly claim: string;
  readonly outcome: 'holds' | 'does_not_hold' | 'not_checked';
  readonly why: string | null;
  readonly sent: string | null;
  readonly got: string | null;
}

const defaultColumns = 80;
const marks = { holds: 'ok', does_not_hold: 'NO', not_checked: '-' } as const;

/** Group by group, what holds in one line, what does not with what was sent and what came back. */
export function checkView(report: ShownReport, columns = defaultColumns): string {
  const groups = [...new Set(report.claims.map(({ group }) => group))];
  const parts = groups.map((group) => {
    const lines = report.claims.filter((claim) => claim.group === group).map((claim) => claimLines(claim, columns));
    return [group, ...lines].join('\n');
  });
  return [...parts, wrapped(summary(report), { first: '', rest: '', columns })].join('\n\n');
}

function claimLines(claim: ShownClaim, columns: number): string {
  const { id, level, outcome, why, sent, got } = claim;
  const mark = outcome === 'does_not_hold' && level === 'should' ? 'no' : marks[outcome];
  const more = [
    why === null ? null : `Not checked: ${why}`,
    sent === null ? null : `Sent: ${sent}`,
    got === null ? null : `Got: ${got}`,
  ].filter((line) => line !== null);
  const head = wrapped(`${claim.claim} (${id})`, { first: `  ${mark.padEnd(3)}`, rest: '     ', columns });
  return [head, ...more.map((line) => wrapped(line, { first: '       ', rest: '         ', columns }))].join('\n');
}

function summary({ server, ok, counts, claims }: ShownReport): string {
  const broken = claims.filter(({ outcome, level }) => outcome === 'does_not_hold' && level === 'must').length;
  const told = `${counts.holds} hold, ${counts.does_not_hold} do not, ${counts.not_checked} were not checked.`;
  const judged = ok
    ? `Every must that was checked holds for this ${server} server.`
    : `${broken} of what it must do does not hold.`;
  return `${told} ${judged}`;
}
