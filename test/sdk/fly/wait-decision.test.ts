import { describe, expect, it } from 'vitest';
import { FlyError } from '../../../src/sdk/fly/errors.js';
import { FlyTransportError } from '../../../src/sdk/fly/transport-error.js';
import {
  decideAfterSlice,
  decideOnState,
  isReplaced,
  narrowed,
  nextSlice,
  type WaitQuestion,
} from '../../../src/sdk/fly/wait-decision.js';

const refusal = (status: number, text = 't') =>
  new FlyError({
    call: 'waitForState',
    target: 'm',
    status,
    flyCode: null,
    text,
    requestId: null,
    retryAfterSecs: null,
  });
const fault = (kind: FlyTransportError['kind']) =>
  new FlyTransportError({ call: 'waitForState', target: 'm', sent: 'maybe', kind, reason: 'r' });
const decide = (error: unknown, change: Partial<WaitQuestion> = {}) =>
  decideAfterSlice({ error, wanted: ['started'], asked: ['started'], waitedMs: 60_000, ...change });

describe('after a slice that failed, a wait', () => {
  it.each([
    ['408', refusal(408)],
    ['no answer in time', fault('timeout')],
  ])('goes on after %s, and looks first', (_, error) => {
    expect(decide(error)).toEqual({ kind: 'again', look: true });
  });

  it.each([
    ['429', refusal(429)],
    ['503', refusal(503)],
    ['a lease of somebody else', refusal(409, 'aborted: machine ID m lease currently held by x')],
    ['no connection', fault('connect')],
    ['a connection that broke', fault('broken')],
    ['a queue that was too long', fault('queued')],
  ])('goes on after %s', (_, error) => {
    expect(decide(error)).toEqual({ kind: 'again', look: false });
  });

  it.each([
    ['401', refusal(401)],
    ['409', refusal(409)],
    ['a client that was closed', fault('closed')],
    ['an answer that cannot be read', fault('unreadable')],
    ['an error of ours', new TypeError('x')],
  ])('fails after %s', (_, error) => {
    expect(decide(error)).toEqual({ kind: 'fail' });
  });

  it.each([
    [['started'], 4_999, { kind: 'again', look: false }],
    [['started'], 5_000, { kind: 'fail' }],
    [['stopped', 'destroyed'], 4_999, { kind: 'again', look: false }],
    [['stopped', 'destroyed'], 5_000, { kind: 'reached', state: 'destroyed' }],
    [['destroyed'], 0, { kind: 'reached', state: 'destroyed' }],
  ] as const)('for %j, on a 404 after %i ms → %j', (wanted, waitedMs, decision) => {
    expect(decide(refusal(404), { wanted, waitedMs })).toEqual(decision);
  });

  it('asks for less after 400, as long as it can', () => {
    expect(decide(refusal(400), { wanted: ['started', 'failed'], asked: ['started', 'failed'] }).kind).toBe('narrow');
    expect(decide(refusal(400), { wanted: ['started', 'failed'], asked: ['started'] }).kind).toBe('fail');
    expect(decide(refusal(400)).kind).toBe('fail');
  });
});

describe('an old server', () => {
  it.each([
    [['started', 'failed'], 'v1', ['started']],
    [['failed'], 'v1', ['destroyed']],
    [['settled'], 'v1', ['started', 'stopped', 'suspended', 'destroyed']],
    [['settled'], undefined, ['started', 'suspended', 'destroyed']],
    [['stopped', 'started'], 'v1', ['started', 'stopped']],
    [['stopped', 'started'], undefined, ['started']],
    [['stopped'], undefined, ['destroyed']],
  ] as const)('is asked for %j of version %s as %j', (wanted, version, asked) => {
    expect(narrowed({ wanted, version })).toEqual(asked);
  });
});

describe('a state', () => {
  it.each([
    ['started', ['started', 'failed'], 'reached'],
    ['starting', ['started'], 'passing'],
    ['failed', ['started'], 'passing'],
    ['destroyed', ['started'], 'never'],
    ['destroyed', ['started', 'destroyed'], 'reached'],
    ['destroying', ['started'], 'passing'],
    ['suspended', ['settled'], 'reached'],
    ['destroyed', ['settled'], 'reached'],
    ['stopping', ['settled'], 'passing'],
    ['dreaming', ['settled'], 'passing'],
  ] as const)('%s means for %j: %s', (state, wanted, meaning) => {
    expect(decideOnState(state, wanted)).toBe(meaning);
  });
});

it('a newer version has replaced the one that is waited for, an older one was seen too early', () => {
  const [older, wanted, newer] = [
    '01J00000000000000000000000',
    '01J0000000000000000000000A',
    '01K00000000000000000000000',
  ];
  expect(isReplaced(wanted, newer)).toBe(true);
  expect(isReplaced(wanted, older)).toBe(false);
  expect(isReplaced(wanted, wanted)).toBe(false);
});

it.each([
  [600_000, 60, 60, 65_000],
  [600_000, 5, 5, 10_000],
  [30_500, 60, 29, 34_000],
  [1_500, 60, 1, 6_000],
  [0, 60, 1, 6_000],
])(
  'with %i ms left and slices of at most %i s, Fly waits %i s and may answer within %i ms',
  (leftMs, max, secs, ms) => {
    expect(nextSlice(leftMs, max)).toEqual({ secs, requestTimeoutMs: ms });
  },
);
