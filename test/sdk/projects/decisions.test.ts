import { describe, expect, it } from 'vitest';
import { archiveBackoffSecs, wakeBackoffSecs } from '../../../src/sdk/projects/backoff.js';
import { cancelOutcome, causeOf } from '../../../src/sdk/projects/cancel-decision.js';
import { restoredFindings } from '../../../src/sdk/projects/restored.js';
import { wakeDecision } from '../../../src/sdk/projects/wake-decision.js';

describe('who wants a project awake', () => {
  const asked = new Date();
  it.each([
    ['active', null, null, { kind: 'awake' }],
    ['creating', null, null, { kind: 'wait' }],
    ['waking', null, null, { kind: 'wait' }],
    ['waking', null, 60, { kind: 'wait' }],
    ['archiving', null, null, { kind: 'request' }],
    ['archiving', asked, null, { kind: 'wait' }],
    ['dormant', null, null, { kind: 'begin' }],
    ['dormant', null, 0, { kind: 'begin' }],
    ['dormant', null, -3, { kind: 'begin' }],
    ['dormant', null, 0.2, { kind: 'back_off', retryAfterSecs: 1 }],
    ['dormant', null, 59.5, { kind: 'back_off', retryAfterSecs: 60 }],
    ['lost', null, null, { kind: 'lost' }],
    ['deleted', null, null, { kind: 'deleted' }],
  ] as const)('%s, asked for at %s, backing off %s s: %o', (state, wake_requested_at, wake_retry_secs, decision) => {
    expect(wakeDecision({ state, wake_requested_at, wake_retry_secs })).toEqual(decision);
  });

  it('nobody knows: unknown', () => {
    expect(wakeDecision(undefined)).toEqual({ kind: 'unknown' });
  });
});

describe('a cancelled archive', () => {
  it.each([
    ['busy', 3, { used: true, retryAfterSecs: null }],
    ['wanted', 3, { used: true, retryAfterSecs: null }],
    ['abandoned', 3, { used: false, retryAfterSecs: null }],
    ['failed', 0, { used: false, retryAfterSecs: 3600 }],
    ['failed', 3, { used: false, retryAfterSecs: 8 * 3600 }],
  ] as const)('G11: %s after %d failures: %o', (cause, failures, outcome) => {
    expect(cancelOutcome(cause, failures)).toEqual(outcome);
  });

  const quiet = { wake_requested_at: null, held: false };
  const wanted = { wake_requested_at: new Date(), held: false };
  const held = { wake_requested_at: null, held: true };

  it.each([
    ['machine_busy', quiet, false, 'busy'],
    ['archive_unproven', quiet, false, 'failed'],
    ['state_changed', quiet, false, 'failed'],
    ['state_changed', wanted, false, 'wanted'],
    ['archive_unproven', wanted, false, 'wanted'],
    ['state_changed', held, false, 'abandoned'],
    ['internal', quiet, true, 'abandoned'],
    ['internal', wanted, true, 'wanted'],
  ] as const)('G11: %s with %o, closing %s, means %s', (code, row, closing, cause) => {
    expect(causeOf(code, row, closing)).toBe(cause);
  });
});

describe('backing off', () => {
  const tries = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000_000];

  it('a wake waits 5 s, doubling, up to 15 min', () => {
    expect(tries.map(wakeBackoffSecs)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
  });

  it('an archive waits 1 h, doubling, up to a day', () => {
    const hours = tries.map((failures) => archiveBackoffSecs(failures) / 3600);
    expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24, 24, 24, 24, 24]);
  });
});

describe('a machine that has just restored an archive', () => {
  const status = {
    kind: 'valet',
    ready: true,
    project_id: 'demo',
    epoch: 7,
    serving: true,
    quiesced: false,
    open_connections: 0,
    last_activity_at: null,
    tables: { notes: 3, empty: 0 },
  } as const;
  const project = { id: 'demo', epoch: 7 };
  const promised = { notes: 3, empty: 0 };

  it('is right when it is that project, in this epoch, with the rows of the manifest', () => {
    expect(restoredFindings(status, project, promised)).toEqual([]);
    expect(restoredFindings(status, project, {}), 'an archive without a manifest promises nothing').toEqual([]);
  });

  it.each([
    ['another project', { project_id: 'other' }, 'project other'],
    ['no project', { project_id: null }, 'project null'],
    ['an older epoch', { epoch: 6 }, 'epoch 6, not 7'],
    ['too few rows', { tables: { notes: 2, empty: 0 } }, 'table notes has 2 rows, not 3'],
    ['a missing table', { tables: { notes: 3 } }, 'table empty has no rows, not 0'],
    ['no word about tables', { tables: null }, 'table notes has no rows, not 3'],
  ])('G1: is wrong when it reports %s', (_, wrong, finding) => {
    expect(restoredFindings({ ...status, ...wrong }, project, promised).join('; ')).toContain(finding);
  });

  it('cannot be asked when it is a basic server', () => {
    expect(restoredFindings({ kind: 'basic' }, project, promised)).toEqual([]);
  });
});
