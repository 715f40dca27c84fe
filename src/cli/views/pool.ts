import type { PoolBreaker, PoolRegion, PoolStatus, PoolUse } from '../../sdk/resources.js';
import type { Output } from '../environment.js';
import { formatDuration, relativeTime } from '../text/duration.js';
import { plain } from '../text/plain.js';
import { record } from '../text/record.js';
import { type Column, table } from '../text/table.js';

const modes: Readonly<Record<PoolStatus['mode'], string>> = {
  filling: 'filling',
  paused: 'paused: no new members until "valet pool resume"',
  draining: 'draining: members go back to Fly until "valet pool resume"',
};

const regionColumns: readonly Column<PoolRegion>[] = [
  { head: 'REGION', cell: (region) => region.region },
  { head: 'TARGET', cell: (region) => String(region.target) },
  { head: 'READY', cell: (region) => String(region.ready) },
  { head: 'PROVISIONING', cell: (region) => String(region.provisioning) },
  { head: 'OUTDATED', cell: (region) => String(region.outdated) },
  { head: 'SHORT', cell: (region) => String(region.shortfall) },
];

/** The pool as a whole, its regions, and the places where nothing can be made. */
export function poolSummary(status: PoolStatus, output: Output): string {
  const { mode, ready, target, provisioning, shortfall, use, regions, breakers } = status;
  const facts = record({
    mode: modes[mode],
    members: `${ready} of ${target} ready, ${provisioning} provisioning, ${shortfall} short`,
    claims: hits(use),
    claiming: times(use.claiming),
    provisioning: times(use.provisioning),
  });
  const parts = [facts, ...(regions.length > 0 ? [table(regions, regionColumns, output)] : [])];
  const broken = breakers.filter(({ failures }) => failures > 0).map(breakerText);
  return [...parts, ...(broken.length > 0 ? [broken.join('\n')] : [])].join('\n\n');
}

function hits({ claimed, made, hit_rate, over_secs }: PoolUse): string {
  const rate = hit_rate === null ? '' : ` (${Math.round(hit_rate * 100)} %)`;
  return `${claimed} of ${claimed + made} served from the pool${rate} in the last ${formatDuration(over_secs)}`;
}

function times(quantiles: PoolUse['claiming']): string | null {
  if (quantiles === null) return null;
  const { p50_secs, p95_secs, count } = quantiles;
  return `${secs(p50_secs)} in the middle, 95 % within ${secs(p95_secs)} (of ${count})`;
}

function secs(amount: number): string {
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} s`;
}

function breakerText({ region, image, failures, opened_at, retry_at, last_error }: PoolBreaker): string {
  const open = opened_at === null ? '' : `; left alone since ${relativeTime(opened_at)}`;
  const next = retry_at === null ? '' : `, next probe ${relativeTime(retry_at)}`;
  const error = last_error === null ? '' : `\n  ${last_error}`;
  const often = failures === 1 ? 'once' : `${failures} times in a row`;
  return plainLines(`${region}, ${image}: failed ${often}${open}${next}${error}`);
}

function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}
