import { describe, expect, it } from 'vitest';
import { FlyError, mayExist } from '../../../src/sdk/fly/errors.js';
import { decideRetry, maxLimitedTries, maxTries, type RetryQuestion } from '../../../src/sdk/fly/retry.js';
import { FlyTransportError } from '../../../src/sdk/fly/transport-error.js';

const refusal = (status: number, retryAfterSecs: number | null = null, text = 't') =>
  new FlyError({ call: 'createMachine', target: 'm', status, flyCode: null, text, requestId: null, retryAfterSecs });
const fault = (sent: 'no' | 'maybe', kind: FlyTransportError['kind'] = 'broken') =>
  new FlyTransportError({ call: 'getMachine', target: 'm', sent, kind, reason: 'r' });
const ask = (error: unknown, change: Partial<RetryQuestion> = {}) =>
  decideRetry({ error, attempt: 1, repeat: 'freely', remainingMs: 60_000, random: () => 1, ...change });

const transient: readonly [number, string][] = [
  [429, 'slow down'],
  [409, 'aborted: machine ID 1 lease currently held by x'],
  [409, 'aborted: machine update failed due to concurrent update'],
  [400, 'invalid_argument: volume does not exist'],
  [412, "failed_precondition: unable to start machine from current state: 'created'"],
];

describe('decideRetry', () => {
  it.each([408, 429, 500, 502, 503])('repeats a read or an idempotent write after %i', (status) => {
    expect(ask(refusal(status)).retry).toBe(true);
  });

  it.each([400, 401, 403, 404, 409, 410, 412, 422])('never repeats after a plain %i', (status) => {
    expect(ask(refusal(status)).retry).toBe(false);
  });

  it.each(['if-refused', 'after-look'] as const)(
    'repeats what may be repeated "%s" only if it was never acted on',
    (repeat) => {
      expect(transient.filter(([status, text]) => !ask(refusal(status, null, text), { repeat }).retry)).toEqual([]);
      expect(ask(fault('no', 'connect'), { repeat }).retry).toBe(true);
      expect(ask(fault('maybe'), { repeat }).retry).toBe(false);
      expect([408, 500, 503].filter((status) => ask(refusal(status), { repeat }).retry)).toEqual([]);
    },
  );

  it('leaves an update that lost against another one to the caller, who has to read again', () => {
    const text = 'aborted: machine update failed due to concurrent update';
    const lost = { call: 'updateMachine', target: 'm', status: 409, text, flyCode: null } as const;
    expect(ask(new FlyError({ ...lost, requestId: null, retryAfterSecs: null })).retry).toBe(false);
  });

  it('stops at the last try and at the deadline', () => {
    expect(ask(refusal(503), { attempt: maxTries }).retry).toBe(false);
    expect(ask(refusal(503), { remainingMs: 100 }).retry).toBe(false);
  });

  it('asks more often where a limit is exceeded, which others may use up', () => {
    expect(ask(refusal(429), { attempt: maxTries, repeat: 'after-look' }).retry).toBe(true);
    expect(ask(refusal(429), { attempt: maxLimitedTries }).retry).toBe(false);
  });

  it.each(['closed', 'too_large', 'unreadable', 'queued'] as const)('never repeats what was "%s"', (kind) => {
    expect([ask(fault('maybe', kind)).retry, ask(fault('no', kind)).retry]).toEqual([false, false]);
  });

  it('waits twice as long each time, up to a bound', () => {
    expect([1, 2, 3, 4].map((attempt) => ask(refusal(503), { attempt }))).toEqual(
      [250, 500, 1_000, 2_000].map((afterMs) => ({ retry: true, afterMs })),
    );
  });

  it('never asks sooner than Retry-After says: it waits, or gives up where there is no time for that', () => {
    expect(ask(refusal(429, 3))).toEqual({ retry: true, afterMs: 3_000 });
    expect(ask(refusal(503, 30))).toEqual({ retry: true, afterMs: 30_000 });
    expect(ask(refusal(429, 3_600))).toEqual({ retry: false });
  });
});

describe('mayExist', () => {
  it('is true only where a create may have been carried out', () => {
    expect([refusal(408), refusal(500), refusal(503), fault('maybe')].every(mayExist)).toBe(true);
    expect([refusal(409), refusal(422), refusal(429), fault('no'), new Error('x')].some(mayExist)).toBe(false);
  });

  it('is false for a client that was closed: it cannot look', () => {
    expect(mayExist(fault('maybe', 'closed'))).toBe(false);
  });
});
