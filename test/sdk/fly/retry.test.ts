import { describe, expect, it } from 'vitest';
import { FlyError, FlyTransportError } from '../../../src/sdk/fly/errors.js';
import { decideRetry, isUnclear, type RetryQuestion } from '../../../src/sdk/fly/retry.js';

const refusal = (status: number, retryAfterSecs: number | null = null) =>
  new FlyError({ call: 'getMachine', target: 'm', status, flyCode: null, text: 't', requestId: null, retryAfterSecs });
const fault = (sent: 'no' | 'maybe', kind: FlyTransportError['kind'] = 'broken') =>
  new FlyTransportError({ call: 'getMachine', target: 'm', sent, kind, reason: 'r' });
const ask = (error: unknown, change: Partial<RetryQuestion> = {}) =>
  decideRetry({ error, attempt: 1, maxTries: 5, repeatable: true, remainingMs: 60_000, random: () => 1, ...change });

describe('decideRetry', () => {
  it.each([408, 429, 500, 502, 503])('repeats a repeatable call after %i', (status) => {
    expect(ask(refusal(status)).retry).toBe(true);
  });

  it.each([400, 401, 403, 404, 409, 412, 422])('never repeats after %i', (status) => {
    expect(ask(refusal(status)).retry).toBe(false);
  });

  it('repeats a call that is not repeatable only if it was never accepted', () => {
    const once = { repeatable: false };
    expect(ask(refusal(429), once).retry).toBe(true);
    expect(ask(fault('no', 'connect'), once).retry).toBe(true);
    expect(ask(fault('maybe'), once).retry).toBe(false);
    expect(ask(refusal(503), once).retry).toBe(false);
  });

  it('stops at the last try, at the deadline, and when the client was closed', () => {
    expect(ask(refusal(503), { attempt: 5 }).retry).toBe(false);
    expect(ask(refusal(503), { remainingMs: 100 }).retry).toBe(false);
    expect(ask(fault('maybe', 'closed')).retry).toBe(false);
  });

  it('waits twice as long each time, at least what Retry-After says, and never longer than its cap', () => {
    expect([1, 2, 3, 9].map((attempt) => ask(refusal(503), { attempt, maxTries: 99 }))).toEqual([
      { retry: true, afterMs: 250 },
      { retry: true, afterMs: 500 },
      { retry: true, afterMs: 1_000 },
      { retry: true, afterMs: 4_000 },
    ]);
    expect(ask(refusal(429, 3))).toEqual({ retry: true, afterMs: 3_000 });
    expect(ask(refusal(429, 3_600))).toEqual({ retry: true, afterMs: 15_000 });
  });
});

describe('isUnclear', () => {
  it('is true only where the call may have been carried out', () => {
    expect([refusal(408), refusal(500), refusal(503), fault('maybe')].every(isUnclear)).toBe(true);
    expect([refusal(409), refusal(422), refusal(429), fault('no'), new Error('x')].some(isUnclear)).toBe(false);
  });
});
