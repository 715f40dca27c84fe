import { z } from 'zod';
import type { Answer } from '../http/exchange.js';
import type { FlyCall } from './endpoints.js';
import { FlyError, FlyTransportError } from './errors.js';

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

/** @param redact is applied to whatever Fly says, before it is cut to its length */
export function refusalOf(answer: Answer, { call, target }: Subject, redact: (text: string) => string): FlyError {
  const body = errorBody.safeParse(parseJson(answer.text)).data;
  const said = (text: string | null | undefined) => (text == null ? null : redact(text).slice(0, maxTextChars).trim());
  return new FlyError({
    call,
    target,
    status: answer.status,
    flyCode: said(body?.status),
    text: said(body?.error ?? body?.message ?? answer.text) || 'no text',
    requestId: said(header(answer, 'fly-request-id')),
    retryAfterSecs: parseRetryAfter(header(answer, 'retry-after')),
  });
}

/** What Fly answered, as a shape. Fly writes absent values as null in places, so null counts as absent. */
export function readAnswer<T>(schema: z.ZodType<T>, body: unknown, subject: Subject): T {
  const read = schema.safeParse(withoutNulls(body));
  if (read.success) return read.data;
  const where = read.error.issues.map((issue) => issue.path.join('.') || 'the whole').slice(0, 5);
  throw unreadable(subject, `the answer has an unknown shape at ${where.join(', ')}`);
}

export function readJson(answer: Answer, subject: Subject): unknown {
  const body = parseJson(answer.text);
  if (body === undefined && answer.text.trim() !== '') throw unreadable(subject, 'the answer is not JSON');
  return body;
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

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function parseRetryAfter(value: string | null): number | null {
  if (value === null) return null;
  const secs = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(secs) ? Math.max(0, Math.ceil(secs)) : null;
}
