import { describe } from 'vitest';
import * as fly from '../../../src/sdk/doctor/verdicts/fly.js';
import * as server from '../../../src/sdk/doctor/verdicts/server.js';
import type { LoopStatus, ServerStatus } from '../../../src/sdk/resources/server.js';
import { verdictsHold } from '../../support/verdicts.js';

const answered = <T>(value: T, tookMs = 50) => ({ kind: 'answered', value, tookMs }) as const;
const refused = (status: number) => ({ kind: 'refused', status, text: 'no', tookMs: 50 }) as const;
const silent = { kind: 'silent', reason: 'no connection' } as const;
const real = 'https://api.machines.dev';

describe('Fly', () => {
  verdictsHold([
    ['it answers', fly.judgeApi(real, answered({})), 'ok', /within 50 ms/],
    ['even with a refusal', fly.judgeApi(real, refused(401)), 'ok', /answers/],
    ['slowly', fly.judgeApi(real, answered({}, 5_500)), 'warning', /5500 ms/],
    ['not at all', fly.judgeApi(real, silent), 'failure', /no connection/, /VALET_FLY_API_URL/],
    ['out of order', fly.judgeApi(real, refused(503)), 'failure', /503/, /status\.flyio\.net/],
    ['too many calls', fly.judgeApi(real, refused(429)), 'warning', /too many calls/],
    ['a token', fly.judgeToken('a', refused(404)), 'ok', /accepted/],
    ['an expired token', fly.judgeToken('a', refused(401)), 'failure', /expired/, /fly tokens create deploy -a a/],
    ['the app', fly.judgeApp('a', answered({})), 'ok', /exists/],
    ['another app’s token', fly.judgeApp('a', refused(403)), 'failure', /not for app a/, /VALET_FLY_APP/],
    ['no app', fly.judgeApp('a', refused(404)), 'failure', /no app a/, /fly apps create a/],
    ['nobody says', fly.judgeApp('a', silent), 'failure', /does not say/],
    ['the list', fly.judgeMachineList(answered([1, 2])), 'ok', /there are 2/],
    ['no list', fly.judgeMachineList(refused(403)), 'failure', /403 \(no\)/],
    ['limits are kept', fly.judgeRateLimit(real, 'on'), 'ok', /keep to/],
    ['limits are off on Fly', fly.judgeRateLimit(real, 'off'), 'failure', /off on the real API/, /Unset/],
    ['also inside', fly.judgeRateLimit('http://_api.internal:4280', 'off'), 'failure', /off/],
    ['limits are off elsewhere', fly.judgeRateLimit('http://127.0.0.1:1', 'off'), 'ok', /emulator/],
  ]);
});

const known = answered([{ code: 'sjc' }, { code: 'fra' }, { code: 'mad', deprecated: true }]);
const room = answered([{ region: 'sjc', count: 3 }]);

describe('regions', () => {
  verdictsHold([
    ['with room', fly.judgeRegions(['sjc'], { known, room }), 'ok', /sjc, with room/],
    ['full', fly.judgeRegions(['sjc', 'fra'], { known, room }), 'warning', /no room .* fra now/],
    ['unknown', fly.judgeRegions(['xxx'], { known, room }), 'failure', /no region xxx/, /VALET_FLY_REGION/],
    ['given up', fly.judgeRegions(['mad'], { known, room }), 'warning', /giving up region mad/],
    ['room is not told', fly.judgeRegions(['sjc'], { known, room: refused(403) }), 'ok', /does not say/],
    ['nothing is told', fly.judgeRegions(['sjc'], { known: silent, room }), 'skipped', /does not tell/],
  ]);
});

const named = { url: 'https://v', named: true };
const away = { reached: false, reason: 'Nobody there.' } as const;

const loop: LoopStatus = {
  name: 'recover',
  stuck: false,
  running_secs: null,
  next_in_secs: 1,
  last_run: { outcome: 'idle', ended_secs_ago: 1, took_secs: 0.1 },
  last_success_secs_ago: 1,
  runs: { done: 1, idle: 1, skipped: 0, failed: 0, aborted: 0 },
};
const status: ServerStatus = {
  instance: 'one',
  version: '1.0.0',
  uptime_secs: 10_000,
  stopping: false,
  listening: true,
  degraded: false,
  in_flight: 0,
  held: 0,
  locks: [],
  loops: [loop],
};
const loops = (change: Partial<LoopStatus>) => server.judgeLoops({ ...status, loops: [{ ...loop, ...change }] });
const failed = { outcome: 'failed', ended_secs_ago: 1, took_secs: 1 } as const;

describe('valet serve', () => {
  verdictsHold([
    ['answers', server.judgeServer(named, { reached: true, version: '1' }, '1'), 'ok', /version 1/],
    ['in another version', server.judgeServer(named, { reached: true, version: '2' }, '1'), 'warning', /version 2/],
    ['named and away', server.judgeServer(named, away, '1'), 'failure', /Nobody/, /VALET_URL/],
    ['told and away', server.judgeServer({ ...named, named: false }, away, '1'), 'warning', /Nobody/, /PUBLIC_URL/],
    ['the secret', server.judgeSecret({ kind: 'status', status }), 'ok', /accepted/],
    ['a wrong secret', server.judgeSecret({ kind: 'refused' }), 'failure', /refused/, /CONTROL_PLANE_SECRET/],
    ['no secret', server.judgeSecret({ kind: 'no_secret' }), 'warning', /not set/],
    ['no status', server.judgeSecret({ kind: 'failed', reason: 'Odd.' }), 'failure', /Odd/],
    ['its tasks', server.judgeLoops(status), 'ok', /1 tasks/],
    ['a stuck task', loops({ stuck: true }), 'failure', /Task recover of one neither/, /restart/],
    ['a database away', server.judgeLoops({ ...status, degraded: true }), 'failure', /from memory/],
    ['deaf', server.judgeLoops({ ...status, listening: false }), 'failure', /no news/, /DATABASE_DIRECT_URL/],
    ['a late task', loops({ last_success_secs_ago: 400 }), 'failure', /for too long/],
    ['a task that never ran well', loops({ last_success_secs_ago: null }), 'failure', /for too long/],
    ['another does it', loops({ last_success_secs_ago: 400, runs: { ...loop.runs, skipped: 9 } }), 'ok', /tasks/],
    ['a failed run', loops({ last_run: failed }), 'warning', /last run of Task recover/],
    ['it is stopping', server.judgeLoops({ ...status, stopping: true }), 'warning', /stopping/],
  ]);
});
