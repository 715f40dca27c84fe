import type { LoopStatus, Overview, ProjectEvent, Wake } from '../../src/sdk/resources.js';
import { sampleEvent, sampleOverview, samplePool, sampleServer } from './fake-valet.js';

const at = '2026-05-04T10:00:00.000Z';

/** So many seconds before the moment of the sample. */
function before(secs: number): string {
  return new Date(Date.parse(at) - secs * 1000).toISOString();
}

function wake(id: string, how: Wake['how'], begunSecsAgo: number, tookSecs: number, fields: Partial<Wake> = {}): Wake {
  const times = { begun_at: before(begunSecsAgo), took_secs: tookSecs };
  return { project_id: id, how, ...times, outcome: 'active', why: null, ...fields };
}

function event(
  secsAgo: number,
  id: string | null,
  what: string,
  actor: string,
  why: string | null = null,
): ProjectEvent {
  return sampleEvent({ at: before(secsAgo), project_id: id, what, actor, why });
}

const runs = { done: 3, idle: 40, skipped: 12, failed: 0, aborted: 0 };

function loop(name: string, endedSecsAgo: number, nextSecs: number, fields: Partial<LoopStatus> = {}): LoopStatus {
  return {
    name,
    stuck: false,
    running_secs: null,
    next_in_secs: nextSecs,
    last_run: { outcome: 'idle', ended_secs_ago: endedSecsAgo, took_secs: 0.02 },
    last_success_secs_ago: endedSecsAgo,
    runs,
    ...fields,
  };
}

const events = [
  event(2.5, 'notes', 'activated', 'request:01J8@app-1'),
  event(3.8, 'notes', 'claimed', 'app-1'),
  event(4.1, 'notes', 'wake_begun', 'request:01J8@app-1'),
  event(41, 'ledger', 'wake_put_back', 'app-2', 'the archive does not have its checksum'),
  event(95, null, 'machine_ready', 'replenish@app-2'),
  event(190, 'atlas', 'archived', 'sweep@app-2', 'archive 0042 was read back and proven'),
];

/** An installation of two instances with something of everything. */
export function busyOverview(fields: Partial<Overview> = {}): Overview {
  const { use: _, members: __, ...pool } = samplePool();
  return sampleOverview({
    at,
    projects: {
      counted_at: at,
      by_state: {
        creating: 1,
        active: 412,
        suspended: 128,
        archiving: 3,
        dormant: 9_731,
        waking: 2,
        lost: 1,
        deleted: 57,
      },
    },
    pool: {
      ...pool,
      ...{ target: 6, ready: 5, provisioning: 1, shortfall: 0 },
      regions: [
        { region: 'fra', target: 4, ready: 3, provisioning: 1, outdated: 0, shortfall: 0 },
        { region: 'iad', target: 2, ready: 2, provisioning: 0, outdated: 1, shortfall: 0 },
      ],
    },
    wakes: [
      wake('shop', null, 1.2, 1.2, { outcome: 'under_way' }),
      wake('notes', 'warm', 4.1, 1.6),
      wake('ledger', 'warm', 52, 11, { outcome: 'put_back', why: 'the archive does not have its checksum' }),
      wake('a-name-so-long-that-it-does-not-fit', 'cold', 300, 14.2),
      wake('atlas', 'undo', 4_000, 6.4),
    ],
    events,
    locks: [
      { name: 'sweep', lock: 101, holder: 'app-2' },
      { name: 'replenish', lock: 100, holder: 'app-1' },
    ],
    server: sampleServer({
      locks: ['replenish'],
      loops: [
        loop('replenish', 31, 0, { running_secs: 1.2 }),
        loop('sweep', 3_600, 1_260, { last_run: null }),
        loop('prune', 1_800, 1_800),
        loop('recover', 3.1, 1.9),
        loop('retire', 9, 6, { last_run: { outcome: 'done', ended_secs_ago: 9, took_secs: 0.8 } }),
        loop('orphans', 400, 500, { last_run: { outcome: 'failed', ended_secs_ago: 400, took_secs: 15 } }),
        loop('observe', 12, 18),
      ],
    }),
    ...fields,
  });
}
