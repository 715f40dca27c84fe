import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../src/sdk/fly/answer.js';

const subject = { call: 'getMachine', target: 'm1' } as const;
const secret = 'fo1_secret-token-of-the-test';
const redact = (text: string) => text.replaceAll(secret, '[token]');
const refusal = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  refusalOf({ status: 500, headers, text: typeof body === 'string' ? body : JSON.stringify(body) }, subject, redact);

describe('the text of a refusal', () => {
  it.each([
    ['error', { error: 'a', message: 'b' }, 'a'],
    ['message where there is no error', { message: 'b' }, 'b'],
    ['the whole body where it is no JSON', '<h1>502</h1>', '<h1>502</h1>'],
    ['the whole body where it says neither', '{"ok":false}', '{"ok":false}'],
    ['the whole body where the error is no text', '{"error":7}', '{"error":7}'],
    ['said to be missing where nothing is there', '', 'no text'],
  ])('is %s', (_, body, text) => {
    expect(refusal(body).text).toBe(text);
  });

  it('is short, and holds no piece of a token that was cut in two', () => {
    const { text } = refusal({ error: `${'x'.repeat(490)}${secret}${'y'.repeat(600)}` });
    expect(text.length).toBeLessThanOrEqual(500);
    expect(text).not.toContain('fo1_');
  });

  it('is free of control characters: a database takes no NUL', () => {
    const { text } = refusal({ error: `volume already claimed by machine ${'\0'.repeat(14)}\r\nx` });
    expect(text).toBe('volume already claimed by machine x');
  });
});

describe('Retry-After', () => {
  const date = 'Wed, 25 Nov 2026 03:00:00 GMT';

  it.each([
    ['0', 0],
    ['7', 7],
    ['86400', 86_400],
    ['86401', null],
    ['99999999999999999999', null],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['2099', 2_099],
    ['Wed, 25 Nov 2026 03:00:10 GMT', 10],
    ['Wed, 25 Nov 2026 02:59:50 GMT', 0],
    ['Wed, 25 Nov 2099 03:00:00 GMT', null],
    ['Someday GMT', null],
  ])('%j means %j', (value, secs) => {
    expect(refusal('x', { 'retry-after': value, date }).retryAfterSecs ?? null).toBe(secs);
  });

  it('is measured by our own clock where Fly does not say what time it is', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const { retryAfterSecs } = refusal('x', { 'retry-after': inAMinute });
    expect(retryAfterSecs).toBeGreaterThan(50);
    expect(retryAfterSecs).toBeLessThanOrEqual(60);
  });

  it('is unknown where it is not said', () => {
    expect(refusal('x').retryAfterSecs).toBeUndefined();
  });
});
