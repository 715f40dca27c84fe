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

/** @throws FlyRefusal 401 for anything but a token that was given out */
export class Tokens {
  readonly #callers = new Map<string, Caller>();

  /** The last part of a token of Fly's may be any text without spaces. */
  add(token: string, caller: Caller): void {
    this.#callers.set(token, caller);
  }

  /** The vendor's client sends the scheme `FlyV1` as well, and may send several tokens, separated by commas. */
  readonly access: Access = ({ headers }) => {
    const [, sent = ''] = /^(?:Bearer|FlyV1) +(.+)$/.exec(headers.authorization ?? '') ?? [];
    const callers = sent.split(',').map((token) => this.#callers.get(token.trim()));
    const caller = callers.find((known) => known !== undefined);
    if (caller === undefined) throw refusals.badToken();
    return caller;
  };
}

/** @throws FlyRefusal 403 when the token is for something else */
export function assertMay(caller: Caller, app: { readonly name: string; readonly org: string }): void {
  const may = caller.kind === 'org' ? caller.org === app.org : caller.app === app.name;
  if (!may) throw refusals.unauthorized();
}
