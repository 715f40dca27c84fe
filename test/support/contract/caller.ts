import { setTimeout as delay } from 'node:timers/promises';

/** Where a Machines API is, and with what right. */
export interface Access {
  /** Without `/v1`. */
  readonly url: string;
  readonly token: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; undefined when there is none. */
  readonly body: unknown;
}

export type SentHeaders = Readonly<Record<string, string>>;

const requestTimeoutMs = 90_000;
const maxTries = 8;
const pauseMs = 1_100;

/**
 * One call as it is spoken, the path below `/v1`. A body that is a string goes out as it is.
 * @param patience `polite` comes again after a 429, as one must at the real Fly
 */
export async function callApi(
  { url, token }: Access,
  method: string,
  path: string,
  body?: unknown,
  headers: SentHeaders = {},
  patience: 'none' | 'polite' = 'none',
): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(requestTimeoutMs),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 429 || patience === 'none' || attempt === maxTries) {
      return { status: response.status, headers: response.headers, body: parse(text) };
    }
    await delay(pauseMs);
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
