import type { LoopStatus, ServerStatus } from '../../resources/server.js';
import { failure, ok, type Verdict, warning } from '../finding.js';

export interface ServerPlace {
  readonly url: string;
  /** By VALET_URL or --url; otherwise it is what people are told. */
  readonly named: boolean;
}

export type HealthAnswer =
  | { readonly reached: true; readonly version: string }
  | { readonly reached: false; readonly reason: string };

export function judgeServer({ url, named }: ServerPlace, answer: HealthAnswer, ownVersion: string): Verdict {
  if (!answer.reached) {
    if (named) return failure(answer.reason, 'Check VALET_URL or --url, and that "valet serve" runs there.');
    return warning(answer.reason, 'Start "valet serve", or set VALET_PUBLIC_URL to where people reach it.');
  }
  if (answer.version === ownVersion) return ok(`${url} answers, in version ${answer.version}.`);
  return warning(
    `${url} runs version ${answer.version}, this is ${ownVersion}.`,
    'Use the same version here, or finish the deploy that is under way.',
  );
}

export type StatusAnswer =
  | { readonly kind: 'status'; readonly status: ServerStatus }
  | { readonly kind: 'no_secret' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string };

export function judgeSecret(answer: StatusAnswer): Verdict {
  switch (answer.kind) {
    case 'status':
      return ok('The secret is accepted.');
    case 'no_secret':
      return warning(
        'CONTROL_PLANE_SECRET is not set: only what is public can be asked.',
        'Set CONTROL_PLANE_SECRET to one of those that "valet serve" has.',
      );
    case 'refused':
      return failure(
        'The first secret of CONTROL_PLANE_SECRET is refused: it is wrong, or was rotated out.',
        'Set CONTROL_PLANE_SECRET to one of those that "valet serve" has now.',
      );
    case 'failed':
      return failure(answer.reason, 'See the log of "valet serve".');
  }
}

/** Seconds between two runs of each task (`upkeep/tasks.ts`); of replenish as far as it can be set. */
const longestPeriodSecs: Readonly<Record<string, number>> = {
  replenish: 3_600,
  sweep: 3_600,
  recover: 5,
  orphans: 900,
  retire: 15,
  observe: 30,
  prune: 3_600,
};
/** So many periods without a good run, and some seconds for a run under way, are no longer a matter of turns. */
const patiencePeriods = 3;
const patienceSecs = 180;

export function judgeLoops(status: ServerStatus): Verdict {
  const { instance, loops } = status;
  const log = `See the log of instance ${instance}`;
  const stuck = loops.filter((loop) => loop.stuck).map(({ name }) => name);
  if (stuck.length > 0) return failure(`${names(stuck)} of ${instance} neither ends nor stops.`, `${log}; restart it.`);
  if (status.degraded) {
    return failure(`${instance} serves routes from memory: its database is away.`, `${log}, and the database's.`);
  }
  if (!status.listening) {
    return failure(
      `${instance} hears no news from the database, so each request reads it.`,
      `${log}; check its DATABASE_DIRECT_URL.`,
    );
  }
  const late = loops.filter((loop) => isLate(loop, status.uptime_secs)).map(({ name }) => name);
  if (late.length > 0) return failure(`${names(late)} of ${instance} has not run well for too long.`, `${log}.`);
  const failed = loops.filter(({ last_run }) => last_run?.outcome === 'failed').map(({ name }) => name);
  if (failed.length > 0) return warning(`The last run of ${names(failed)} of ${instance} failed.`, `${log}.`);
  if (status.stopping) return warning(`${instance} is stopping.`, 'Ask again when another instance has taken over.');
  return ok(`${instance} runs its ${loops.length} tasks, hears news and routes from a fresh cache.`);
}

/** A task that another instance does counts as skipped here, however long ago this one did it. */
function isLate({ name, last_success_secs_ago, runs }: LoopStatus, uptimeSecs: number): boolean {
  if ((runs.skipped ?? 0) > 0) return false;
  const periodSecs = longestPeriodSecs[name];
  return (
    periodSecs !== undefined && (last_success_secs_ago ?? uptimeSecs) > patiencePeriods * periodSecs + patienceSecs
  );
}

function names(tasks: readonly string[]): string {
  return tasks.length === 1 ? `Task ${tasks[0]}` : `Tasks ${tasks.join(', ')}`;
}
