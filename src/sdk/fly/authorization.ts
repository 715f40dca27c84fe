import { ValetError } from '../errors.js';

/** What a header may hold, without spaces. */
const sendable = /^(FlyV1 )?[\x21-\x7e]+$/;

/**
 * A token may name its own scheme, as the vendor's tools print it.
 * @throws ValetError `config_invalid`, without the token, if no header can hold it: with the line break of a file, say
 */
export function authorizationOf(token: string): string {
  if (!sendable.test(token)) {
    throw new ValetError('config_invalid', 'The Fly token is empty, or has characters that no token has.', {
      hint: 'Give it as it is printed, without quotes, spaces or line breaks around it.',
    });
  }
  return token.startsWith('FlyV1 ') ? token : `Bearer ${token}`;
}
