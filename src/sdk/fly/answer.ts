import { z } from 'zod';
import type { Answer } from '../http/exchange.js';
import type { FlyCall } from './endpoints.js';
import { FlyError } from './errors.js';
import { FlyTransportError } from './transport-error.js';

/** Cuts out of a text what must not be shown. */
type Redact = (text: string) => string;

interface Subject {
  readonly call: FlyCall;
  readonly target: string;
}

const errorBody = z.looseObject({
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
});

const maxTextChars = 500;
/** More is a mistake: our own pauses are better than a day of silence. */
const maxRetryAfterSecs = 24 * 60 * 60;

export function refusalOf(answer: Answer, { call, target }: Subject, redact: Redact): FlyError {
  const body = errorBody.safeParse(parseJson(answer.text)).data;
  const said = (text: string | null | undefined) => (text == null ? null : shown(text, redact));
  return new FlyError({
    call,
    target,
    status: answer.status,
    flyCode: said(body?.status),
    text: said(body?.error ?? body?.message ?? answer.text) || 'no text',
    requestId: said(header(answer, 'fly-request-id')),
    retryAfterSecs: retryAfterOf(answer),
  });
}

/** What Fly answered, as a shape. Fly writes absent values as null in places, so null counts as absent. */
export function readAnswer<T>(schema: z.ZodType<T>, body: unknown, subject: Subject, redact: Redact): T {
  const read = schema.safeParse(withoutNulls(body) ?? undefined);
  if (read.success) return read.data;
  const where = read.error.issues.map((issue) => issue.path.join('.') || 'the whole').slice(0, 5);
  throw unreadable(subject, `the answer has an unknown shape at ${shown(where.join(', '), redact)}`);
}

export function readJson(answer: Answer, subject: Subject): unknown {
  const body = parseJson(answer.text);
  if (body === undefined && answer.text.trim() !== '') throw unreadable(subject, 'the answer is not JSON');
  return body;
}

/** Whatever Fly says, fit for a message, a log and a row of the database, which takes no NUL. */
function shown(text: string, redact: Redact): string {
  return redact(text)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, maxTextChars)
    .trim();
}

function unreadable(subject: Subject, reason: string): FlyTransportError {
  return new FlyTransportError({ ...subject, sent: 'maybe', kind: 'unreadable', reason });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}

function header(answer: Answer, name: string): string | null {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : null;
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3), which is held against Fly's own clock. Null for what makes no sense. */
function retryAfterOf(answer: Answer): number | null {
  const value = header(answer, 'retry-after') ?? '';
  if (/^\d+$/.test(value)) return sensible(Number(value));
  if (!value.endsWith('GMT')) return null;
  const sentAtMs = Date.parse(header(answer, 'date') ?? '');
  const nowMs = Number.isNaN(sentAtMs) ? Date.now() : sentAtMs;
  return sensible(Math.ceil((Date.parse(value) - nowMs) / 1_000));
}

function sensible(secs: number): number | null {
  return secs <= maxRetryAfterSecs ? Math.max(0, secs) : null;
}
