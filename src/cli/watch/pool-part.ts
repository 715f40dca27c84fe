import type { Overview, OverviewPool, PoolRegion } from '../../sdk/resources.js';
import { relativeTime } from '../text/duration.js';
import { type Line, line, screenText, tall } from './lines.js';

/** The warm pool by region, what keeps failing there, and, on the last line, whether anything may be destroyed. */
export function poolPart({ pool, at, quarantined }: Overview, rows: number): readonly Line[] {
  const nowMs = Date.parse(at);
  const lines = [
    poolTitle(pool),
    wholeLine(pool),
    ...pool.breakers.filter(isOpen).map((each) => brokenLine(each, nowMs)),
  ];
  const room = rows - lines.length - 1;
  const regions = pool.regions.map(regionLine);
  const more = regions.length - Math.max(0, room - 1);
  const shown =
    regions.length <= room ? regions : [...regions.slice(0, room - 1), line(`and ${more} more regions`, 'dim')];
  return [...tall([...lines, ...shown], rows - 1), fuseLine(quarantined)];
}

function isOpen({ opened_at }: OverviewPool['breakers'][number]): boolean {
  return opened_at !== null;
}

function poolTitle({ mode }: OverviewPool): Line {
  return [
    { text: 'POOL', tone: 'bold' },
    mode === 'filling' ? { text: ` ${mode}` } : { text: ` ${mode}`, tone: 'yellow' },
  ];
}

function wholeLine({ ready, target, provisioning, shortfall }: OverviewPool): Line {
  const short = shortfall > 0 ? `, ${shortfall} short` : '';
  return line(`${ready} of ${target} ready, ${provisioning} coming${short}`, shortfall > 0 ? 'yellow' : undefined);
}

function regionLine({ region, ready, target, provisioning, outdated }: PoolRegion): Line {
  const coming = provisioning > 0 ? `, ${provisioning} coming` : '';
  const old = outdated > 0 ? `, ${outdated} outdated` : '';
  return line(`  ${region.padEnd(5)}${ready} of ${target}${coming}${old}`);
}

function brokenLine({ region, retry_at }: OverviewPool['breakers'][number], nowMs: number): Line {
  const next = retry_at === null ? '' : `, next try ${relativeTime(retry_at, nowMs)}`;
  return line(`  ${region} keeps failing${next}`, 'red');
}

function fuseLine(quarantined: number): Line {
  return [
    { text: 'FUSE', tone: 'bold' },
    quarantined === 0
      ? { text: ' intact', tone: 'green' }
      : { text: screenText(` blown: ${quarantined} in quarantine`), tone: 'red' },
  ];
}
