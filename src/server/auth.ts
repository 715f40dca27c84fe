import { createHash, timingSafeEqual } from 'node:crypto';
import { ValetError } from '../sdk/errors.js';

/** Tells the operator from everybody else, in a time that says nothing about the secret. */
export class Auth {
  readonly #digests: readonly Buffer[];

  constructor(secrets: readonly string[]) {
    this.#digests = secrets.filter((secret) => secret !== '').map(digest);
  }

  isOperator(authorization: string | undefined): boolean {
    const given = digest(bearerOf(authorization) ?? '');
    let matches = 0;
    for (const known of this.#digests) matches += timingSafeEqual(known, given) ? 1 : 0;
    return matches > 0;
  }

  /** @throws ValetError `unauthorized` */
  requireOperator(authorization: string | undefined): void {
    if (!this.isOperator(authorization)) throw unauthorized();
  }
}

export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

export function unauthorized(): ValetError {
  return new ValetError('unauthorized', 'This call needs a bearer secret, and a valid one was not given.', {
    hint: 'Send "Authorization: Bearer <CONTROL_PLANE_SECRET>".',
  });
}

/** Equal lengths for the comparison, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
