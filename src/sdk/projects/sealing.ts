import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { ValetError } from '../errors.js';

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Keeps deploy keys in the database so that only who holds a seal key can read them (AES-256-GCM). The first key
 * seals, all of them open, so keys can be rotated.
 */
export class Sealer {
  readonly #keys: readonly { readonly id: string; readonly key: Buffer }[];

  /** @param keys each of 32 bytes, at least one */
  constructor(keys: readonly Buffer[]) {
    this.#keys = keys.map((key) => ({ id: createHash('sha256').update(key).digest('hex').slice(0, 8), key }));
  }

  /** `subject` is bound to the seal: what was sealed for one project does not open as another's. */
  seal(text: string, subject: string): string {
    const first = this.#keys[0];
    if (!first)
      throw new ValetError('config_invalid', 'There is no key to seal with.', { hint: 'Set VALET_SEAL_KEYS.' });
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', first.key, iv).setAAD(Buffer.from(subject));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [version, first.id, iv.toString('base64url'), body.toString('base64url')].join('.');
  }

  /** @throws ValetError `config_invalid` when none of the keys opens it */
  open(sealed: string, subject: string): string {
    const [format, keyId, iv, body] = sealed.split('.');
    const known = this.#keys.find((candidate) => candidate.id === keyId);
    if (format !== version || !known || iv === undefined || body === undefined) throw unopened(subject);
    const bytes = Buffer.from(body, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', known.key, Buffer.from(iv, 'base64url'), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(subject))
        .setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw unopened(subject, cause);
    }
  }
}

function unopened(subject: string, cause?: unknown): ValetError {
  return new ValetError(
    'config_invalid',
    `The deploy key of ${subject} was sealed with a key that is not configured.`,
    {
      hint: 'Add the key that was in use when the project was created to VALET_SEAL_KEYS.',
      cause,
    },
  );
}
