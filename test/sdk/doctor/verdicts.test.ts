import { describe } from 'vitest';
import { judgeAtWork } from '../../../src/sdk/doctor/verdicts/at-work.js';
import { judgeConfiguration } from '../../../src/sdk/doctor/verdicts/configuration.js';
import * as database from '../../../src/sdk/doctor/verdicts/database.js';
import { judgeDirectUrl } from '../../../src/sdk/doctor/verdicts/direct-url.js';
import * as installation from '../../../src/sdk/doctor/verdicts/installation.js';
import { judgeImage, judgeSize } from '../../../src/sdk/doctor/verdicts/machine-kind.js';
import { judgePrivateNetwork } from '../../../src/sdk/doctor/verdicts/private-network.js';
import * as store from '../../../src/sdk/doctor/verdicts/store.js';
import { verdictsHold } from '../../support/verdicts.js';

const fault = { variable: 'DATABASE_URL', problem: 'DATABASE_URL is not set.' };

describe('configuration', () => {
  verdictsHold([
    ['no fault', judgeConfiguration({ rows: [], faults: [] }), 'ok', /none is wrong/],
    ['each fault is told', judgeConfiguration({ rows: [], faults: [fault] }), 'failure', /not set/, /valet config/],
  ]);
});

const address = { variable: 'DATABASE_URL', place: 'db:5432/valet' } as const;
const here = { reached: true, version: 150_004, standby: false, identity: 'a' } as const;
const away = (sqlState: string | null, reason: string) =>
  database.judgeReached(address, { reached: false, sqlState, reason });

describe('database', () => {
  verdictsHold([
    ['it answers', database.judgeReached(address, here), 'ok', /db:5432\/valet answers/],
    ['a standby', database.judgeReached(address, { ...here, standby: true }), 'failure', /standby/, /primary/],
    ['a wrong password', away('28P01', 'no'), 'failure', /no\./, /password in DATABASE_URL/],
    ['no such database', away('3D000', 'no'), 'failure', /no\./, /Create the database/],
    ['no connection left', away('53300', 'no'), 'failure', /no\./, /uses up the connections/],
    ['another refusal', away('57P03', 'starting'), 'failure', /starting/, /PostgreSQL says/],
    ['an unknown name', away(null, 'getaddrinfo ENOTFOUND x'), 'failure', /ENOTFOUND/, /private network/],
    ['no way there', away(null, 'connect ECONNREFUSED'), 'failure', /REFUSED/, /host and port/],
    ['both lead to one', database.judgeDirect(address, here, here), 'ok', /same database/],
    ['two databases', database.judgeDirect(address, here, { ...here, identity: 'b' }), 'failure', /another database/],
    ['15 is enough', database.judgeVersion({ version: 150_000 }), 'ok', /15\.0/],
    ['14 is not', database.judgeVersion({ version: 140_019 }), 'failure', /14\.19 is too old/, /Upgrade/],
    ['all applied', database.judgeMigrations({ applied: ['1', '2'], known: ['1', '2'] }), 'ok', /All 2/],
    [
      'one pending',
      database.judgeMigrations({ applied: ['1'], known: ['1', '2'] }),
      'failure',
      /lacks 2/,
      /db migrate/,
    ],
    ['one of a newer Valet', database.judgeMigrations({ applied: ['1', '3'], known: ['1'] }), 'warning', /has 3/],
    ['rights', database.judgeRights([]), 'ok', /may do all/],
    ['a right that is missing', database.judgeRights(['update projects']), 'failure', /update projects/, /Grant/],
  ]);
});

const clock = (aheadMs: number, uncertainMs = 1, movedMs: number | null = 0) =>
  database.judgeClock({ aheadMs, uncertainMs, movedMs });

describe('clock', () => {
  verdictsHold([
    ['agrees', clock(100), 'ok', /agree to within 0\.2 s/],
    ['2 s behind', clock(-2_100), 'warning', /2\.1 s behind/, /NTP/],
    ['10 s ahead', clock(10_100), 'failure', /10 s ahead of .* count creates/, /NTP/],
    ['a slow look proves nothing', clock(11_000, 9_500), 'ok', /agree/],
    ['valet_now() replaced', clock(0, 1, 86_400_000), 'failure', /valet_now\(\) is 86400 s/, /select now\(\)/],
    ['not migrated yet', clock(0, 1, null), 'ok', /agree/],
  ]);
});

const own = { kind: 'own', greetedByItself: true, keepsSettings: true, hears: true, seesLocks: true } as const;
const refused = (sqlState: string | null, reason: string) =>
  judgeDirectUrl({ kind: 'refused', refusal: { sqlState, reason } });

describe('direct URL', () => {
  verdictsHold([
    ['direct', judgeDirectUrl(own), 'ok', /their own/],
    ['shared', judgeDirectUrl({ kind: 'shared' }), 'failure', /transaction pooler/, /direct\.CLUSTER/],
    ['starved', judgeDirectUrl({ kind: 'starved' }), 'failure', /open connections wait/],
    ['locks unseen', judgeDirectUrl({ ...own, seesLocks: false }), 'failure', /different databases/],
    ['deaf', judgeDirectUrl({ ...own, hears: false }), 'failure', /NOTIFY/],
    ['settings dropped', judgeDirectUrl({ ...own, keepsSettings: false }), 'failure', /keep its locks/],
    ['a pooler by session', judgeDirectUrl({ ...own, greetedByItself: false }), 'warning', /until somebody switches/],
    ['settings refused', refused('08P01', 'unsupported startup parameter'), 'failure', /refuses settings/],
    ['something else', refused('53300', 'too many clients'), 'failure', /not examined/, /three more/],
  ]);
});

describe('who is at work', () => {
  const sweep = { lock: 101, application: 'valet-locks', address: '10.0.0.2' };
  verdictsHold([
    ['nobody', judgeAtWork({ locks: [], listeners: 0 }), 'warning', /No valet serve/, /Start/],
    ['one', judgeAtWork({ locks: [], listeners: 1 }), 'ok', /1 valet serve is at work; no task runs/],
    ['a lock and its holder', judgeAtWork({ locks: [sweep], listeners: 2 }), 'ok', /sweep \(lock 101\).*10\.0\.0\.2/],
  ]);
});

const digest = `@sha256:${'a'.repeat(64)}`;
const size = (vmSize: string, memoryMb: number, standby: 'started' | 'suspended' = 'started') =>
  judgeSize({ vmSize, memoryMb, standby });

describe('image and size', () => {
  verdictsHold([
    ['pinned', judgeImage(`registry.fly.io/a${digest}`), 'ok', /digest/],
    ['by a tag', judgeImage('registry.fly.io/a:v1'), 'warning', /a:v1 by a tag only/, /sha256/],
    ['half a digest', judgeImage('registry.fly.io/a@sha256:abc'), 'failure', /none/, /64/],
    ['the smallest', size('shared-cpu-1x', 256), 'ok', /suspend/],
    ['the largest that sleeps', size('performance-1x', 2_048, 'suspended'), 'ok', /suspend/],
    ['too large to sleep', size('performance-1x', 4_096), 'warning', /each wake is a boot/, /2048/],
    ['a pool that is to sleep', size('performance-1x', 4_096, 'suspended'), 'failure', /STANDBY=suspended/],
    ['too little for its CPUs', size('performance-2x', 2_048), 'failure', /refuses/, /1024 from 4096 to 16384/],
    ['an odd step', size('shared-cpu-1x', 300), 'failure', /300 MB/],
    ['a size that is none', size('shared-cpu-16x', 4_096), 'failure', /no size/, /1x, 2x, 4x, 6x, 8x/],
  ]);
});

const place = { endpoint: 'https://r2', bucket: 'b' };
const says = (status: number | null, reason: string, step: store.StoreRefusal['step'] = 'write') =>
  store.judgeStore(place, { refused: { step, status, reason }, wrong: null });

describe('R2', () => {
  verdictsHold([
    ['all well', store.judgeStore(place, { refused: null, wrong: null, cleared: 0 }), 'ok', /deleted\.$/],
    [
      'leftovers',
      store.judgeStore(place, { refused: null, wrong: null, cleared: 2 }),
      'ok',
      /2 left behind.*were removed/,
    ],
    ['no bucket', says(404, 'NoSuchBucket'), 'failure', /404 NoSuchBucket/, /Create bucket b/],
    ['an unknown key', says(403, 'InvalidAccessKeyId'), 'failure', /write/, /R2_ACCESS_KEY_ID/],
    ['a wrong secret', says(403, 'SignatureDoesNotMatch'), 'failure', /write/, /R2_SECRET_ACCESS_KEY/],
    ['no right', says(403, 'AccessDenied', 'delete'), 'failure', /delete/, /Object Read & Write/],
    ['a wrong clock', says(403, 'RequestTimeTooSkewed'), 'failure', /Skewed/, /NTP/],
    ['no way there', says(null, 'getaddrinfo ENOTFOUND'), 'failure', /ENOTFOUND/, /R2_ENDPOINT \(https:\/\/r2\)/],
    ['another answers', store.judgePresigned(place, { refused: null, wrong: 'Odd.' }), 'failure', /Odd/, /S3 store/],
    ['presigned', store.judgePresigned(place, { refused: null, wrong: null, cleared: 0 }), 'ok', /as machines/],
  ]);
});

const network = (answer: Parameters<typeof judgePrivateNetwork>[2], onFly = false) =>
  judgePrivateNetwork('http://{machine_id}', onFly, answer);
const unreachable = { kind: 'unreachable', machine: 'm', reason: 'no connection' } as const;

describe('private network', () => {
  verdictsHold([
    ['a machine answers', network({ kind: 'status', machine: 'm', basic: false }), 'ok', /with its status/],
    ['a basic one', network({ kind: 'status', machine: 'm', basic: true }), 'ok', /basic/],
    ['nobody to ask', network({ kind: 'nobody' }), 'skipped', /nobody to ask/],
    ['from a laptop', network(unreachable), 'warning', /from here/, /wireguard/],
    ['from Fly itself', network(unreachable, true), 'failure', /not reached/, /one organisation/],
    [
      'another secret',
      network({ kind: 'refused', machine: 'm', reason: '401' }),
      'failure',
      /accept us/,
      /INTERNAL_SECRET/,
    ],
  ]);
});

const ours = { environment: 'prod', flyApp: 'app' };
const marked = { ...ours, databaseId: 'd', epoch: 9, markedEpoch: 7 };
const machine = { kind: 'machine', name: 'm-1', detail: 'no row knows it' };

describe('installation', () => {
  verdictsHold([
    ['ours', installation.judgeEnvironment(ours, ours), 'ok', /"prod"/],
    ['nobody’s', installation.judgeEnvironment(null, ours), 'warning', /no environment yet/, /valet serve/],
    ['another’s', installation.judgeEnvironment({ ...ours, environment: 'dev' }, ours), 'failure', /"dev"/],
    ['the mark is behind', installation.judgeHighWaterMark(marked, [5, 7]), 'ok', /\(7\)/],
    ['the mark is beyond', installation.judgeHighWaterMark(marked, [8]), 'failure', /backup/, /accept-restore/],
    ['no quarantine', installation.judgeQuarantine({ count: 0, first: undefined }), 'ok', /Nothing is/],
    ['quarantine', installation.judgeQuarantine({ count: 3, first: machine }), 'failure', /m-1 and 2 more/, /orphans/],
    ['alone in the app', installation.judgeOtherEnvironments(ours, ['prod', 'prod']), 'ok', /All stamped/],
    ['not alone', installation.judgeOtherEnvironments(ours, ['prod', 'dev', 'dev']), 'warning', /2 machines of "dev"/],
  ]);
});
