import { createHash } from 'node:crypto';
import { ValetError } from '../errors.js';

export interface Expected {
  readonly archiveId: string;
  readonly size: number | null;
  /** SHA-256 in hexadecimal; of any other format it is not compared. */
  readonly checksum: string | null;
}

/**
 * Passes an archive's bytes on and checks them on the way. Only who has read it to the end without an error knows that
 * it was the archive: what comes before the end is not yet to be trusted.
 *
 * @throws ValetError `archive_unproven` at the end, or as soon as there are too many bytes
 */
export async function* checked(body: AsyncIterable<Uint8Array>, expected: Expected): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (expected.size !== null && size > expected.size) throw differs(expected, 'it is longer than it should be');
    hash.update(chunk);
    yield chunk;
  }
  if (expected.size !== null && size !== expected.size)
    throw differs(expected, `${size} of ${expected.size} bytes came`);
  const sha256 = hash.digest('hex');
  if (!isSha256(expected.checksum) || expected.checksum.toLowerCase() === sha256) return;
  throw differs(expected, `its SHA-256 is ${sha256} and should be ${expected.checksum}`);
}

function isSha256(checksum: string | null): checksum is string {
  return checksum !== null && /^[0-9a-f]{64}$/i.test(checksum);
}

function differs({ archiveId }: Expected, what: string): ValetError {
  return new ValetError('archive_unproven', `Archive ${archiveId} is not what was archived: ${what}.`, {
    hint: 'Throw away what was read. Read it again, or take another archive of the project.',
  });
}
