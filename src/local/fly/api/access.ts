import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refusals } from '../refusal.js';

/** Whoever holds a token of the organisation may do everything; one of an app only what concerns that app. */
export type Caller =
  | { readonly kind: 'org'; readonly org: string }
  | {
      readonly kind: 'app';
      readonly app: string;
      /** It came over a machine's own socket. */
      readonly viaSocket?: boolean;
    };

/** Who a request comes from. @throws FlyRefusal 401 */
export type Access = (request: IncomingMessage) => Caller;

interface Grant {
  readonly caller: Caller;
  readonly expiresAtMs: number;
}

/** A bound of ours; the oldest give way. */
const maxDeployTokens = 10_000;

/** @throws FlyRefusal 401 for anything but a token that was given out and has not expired */
export class Tokens {
  readonly #orgs = new Map<string, Caller>();
  readonly #deploys = new Map<string, Grant>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A token of the organisation; the text of one of Fly's may be anything without spaces and commas. */
  addOrg(token: string, org: string): void {
    this.#orgs.set(token, { kind: 'org', org });
  }

  /** A new token for this app alone, with its scheme, as Fly gives tokens out. */
  mint(app: string, lifetimeMs: number): string {
    const token = `fm2_${randomBytes(32).toString('base64url')}`;
    this.#deploys.set(token, { caller: { kind: 'app', app }, expiresAtMs: this.#nowMs() + lifetimeMs });
    for (const oldest of this.#deploys.keys()) {
      if (this.#deploys.size <= maxDeployTokens) break;
      this.#deploys.delete(oldest);
    }
    return `FlyV1 ${token}`;
  }

  /** Its deploy tokens end with the app: the next app of that name may be another's. */
  revoke(app: string): void {
    for (const [token, { caller }] of this.#deploys) {
      if (caller.kind === 'app' && caller.app === app) this.#deploys.delete(token);
    }
  }

  readonly access: Access = ({ headers }) => {
    for (const token of tokensIn(headers.authorization ?? '')) {
      const caller = this.#orgs.get(token) ?? this.#deployed(token);
      if (caller !== undefined) return caller;
    }
    throw refusals.badToken();
  };

  #deployed(token: string): Caller | undefined {
    const grant = this.#deploys.get(token);
    return grant !== undefined && this.#nowMs() < grant.expiresAtMs ? grant.caller : undefined;
  }
}

/**
 * The vendor's client sends the scheme `FlyV1` as well, and may send several tokens, separated by commas. Whoever puts
 * `Bearer` before a token as it was given out sends both schemes.
 */
function tokensIn(header: string): readonly string[] {
  const [, sent = ''] = /^(?:(?:Bearer|FlyV1) +)+(.+)$/i.exec(header.trim()) ?? [];
  return sent.split(',').map((token) => token.trim());
}

/** @throws FlyRefusal 403 when the token is for something else */
export function assertMay(caller: Caller, app: { readonly name: string; readonly org: string }): void {
  const may = caller.kind === 'org' ? caller.org === app.org : caller.app === app.name;
  if (!may) throw refusals.unauthorized();
}

/** @throws FlyRefusal 403 for a token of one app, or of another organisation */
export function assertOrg(caller: Caller, org: string): void {
  if (caller.kind !== 'org' || caller.org !== org) throw refusals.unauthorized();
}
