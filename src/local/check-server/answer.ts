/** What came back to one call, or why nothing did. */
export interface Answer {
  /** 0: there was no answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** Null where the text is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** Why there was no answer; null when there was one. */
  readonly fault: string | null;
}

const maxSaidChars = 200;

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** 4xx: the caller is told that it is wrong, and need not try again. */
export function isRefusal({ status }: Answer): boolean {
  return status >= 400 && status < 500;
}

export function hasStatus(status: number): (answer: Answer) => boolean {
  return (answer) => answer.status === status;
}

/** A refusal that means "somebody is being served"; without a code it can mean nothing else. */
export function isBusy({ status, body }: Answer): boolean {
  return status === 409 && (body?.code === undefined || body.code === 'busy');
}

/** Nobody is served, and whoever came is told when to come again or is handed back to the control plane. */
export function isTurnedAway({ status, headers }: Answer): boolean {
  return headers['fly-replay'] !== undefined || (status === 503 && headers['retry-after'] !== undefined);
}

/** Anything but a 503, which is what a server answers while it serves nobody. A 404 is the project's own affair. */
export function isServed({ status, headers }: Answer): boolean {
  return status !== 0 && status !== 503 && headers['fly-replay'] === undefined;
}

/** Shortened; addresses are cut out, since presigned ones are keys. */
export function sayAnswer({ status, text, fault, headers }: Answer): string {
  if (fault !== null) return fault;
  const said = text
    .replace(/https?:\/\/[^\s"]+/gi, '[address]')
    .replace(/\s+/g, ' ')
    .trim();
  const short = said.length > maxSaidChars ? `${said.slice(0, maxSaidChars)}…` : said;
  const replay = headers['fly-replay'] === undefined ? '' : ' with fly-replay';
  return `${status}${replay}${short === '' ? '' : ` ${short}`}`;
}

export function asObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
