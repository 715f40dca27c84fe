/** What a check came to, in one sentence, and in another how to mend it. */
export type Verdict =
  | { readonly verdict: 'ok'; readonly found: string }
  | { readonly verdict: 'warning' | 'failure'; readonly found: string; readonly mend: string }
  /** It could not be asked; `needs` names the check that has to go well first, null where it is nobody's fault. */
  | { readonly verdict: 'skipped'; readonly found: string; readonly needs: string | null };

export type VerdictName = Verdict['verdict'];

export const checkGroups = ['configuration', 'database', 'serve', 'fly', 'r2', 'network', 'installation'] as const;
export type CheckGroup = (typeof checkGroups)[number];

/** One check with what it came to. The shape of `valet doctor --json`: keys are added, never changed. */
export interface Finding {
  readonly name: string;
  readonly group: CheckGroup;
  readonly verdict: VerdictName;
  readonly found: string;
  /** Null where nothing is to be mended. */
  readonly mend: string | null;
  /** Of a check that was skipped: the one that has to go well first. */
  readonly needs: string | null;
  /** Milliseconds that it took; 0 for what was skipped. */
  readonly took_ms: number;
}

export interface Diagnosis {
  /** Nothing failed. */
  readonly healthy: boolean;
  readonly counts: Readonly<Record<VerdictName, number>>;
  /** In the order of the table of checks. */
  readonly checks: readonly Finding[];
}

export function ok(found: string): Verdict {
  return { verdict: 'ok', found };
}

export function warning(found: string, mend: string): Verdict {
  return { verdict: 'warning', found, mend };
}

export function failure(found: string, mend: string): Verdict {
  return { verdict: 'failure', found, mend };
}

export function skipped(found: string, needs: string | null = null): Verdict {
  return { verdict: 'skipped', found, needs };
}

export function diagnosisOf(checks: readonly Finding[]): Diagnosis {
  const count = (name: VerdictName) => checks.filter(({ verdict }) => verdict === name).length;
  const counts = { ok: count('ok'), warning: count('warning'), failure: count('failure'), skipped: count('skipped') };
  return { healthy: counts.failure === 0, counts, checks };
}
