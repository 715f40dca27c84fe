import type { z } from 'zod';

/** What is sent with any call. */
export interface Sent {
  /** Below the base URL, already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The media type of the answer; JSON if left out. */
  readonly accept?: string;
}

export interface ApiCall<Schema extends z.ZodType> extends Sent {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly answer: Schema;
  /** Instead of the ordinary timeout, for calls that resolve when their work is done. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal | undefined;
}

/** A call whose answer is read as it comes. */
export interface Reading extends Sent {
  readonly method: 'GET' | 'POST';
  /** What to do when it breaks off, as one sentence. */
  readonly brokenHint: string;
  readonly signal: AbortSignal | undefined;
}

export function bodyOf({ body }: Sent): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}
