/** What every request is asked about before it is known whose it is. */
export interface RequestHead {
  /** Several come joined by a comma, which no host contains. */
  readonly host: string | undefined;
  /** It came back from a machine, or says so. */
  readonly returned: boolean;
  readonly hasBody: boolean;
}

/**
 * One walk over the names and values as they came: for most requests nothing else is read, and `headers` would make an
 * object of all of them.
 */
export function headOf(rawHeaders: readonly string[]): RequestHead {
  let host: string | undefined;
  let returned = false;
  let hasBody = false;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    // Lengths differ for nearly all names, so few are compared.
    if (name.length === 4 && isNamed(name, 'host')) host = joined(host, rawHeaders[at + 1]);
    else if (name.length === 14) hasBody ||= isNamed(name, 'content-length');
    else if (name.length === 17) {
      returned ||= isNamed(name, 'fly-replay-failed');
      hasBody ||= isNamed(name, 'transfer-encoding');
    }
  }
  return { host, returned, hasBody };
}

function isNamed(name: string, lowerCase: string): boolean {
  return name === lowerCase || name.toLowerCase() === lowerCase;
}

function joined(before: string | undefined, value: string | undefined): string | undefined {
  return before === undefined ? value : `${before}, ${value}`;
}
