import { createHash } from 'node:crypto';
import { ValetError } from '../errors.js';
import type { Archive } from '../resources.js';

/** A basic server's checksum may be of another kind, and says nothing that could be compared. */
const sha256Format = /^[0-9a-f]{64}$/;

/**
 * The same bytes, measured on their way: what ends without an error is the archive, whole.
 *
 * @throws ValetError `archive_unproven` at the end, or as soon as there is more than there should be
 */
export async function* checkedContent(
  archive: Archive,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const expected = archive.size_bytes;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (expected !== null && bytes > expected) throw differs(archive, `is larger than its ${expected} bytes`);
    hash.update(chunk);
    yield chunk;
  }
  if (expected !== null && bytes < expected) throw differs(archive, `ended after ${bytes} of ${expected} bytes`);
  const sha256 = hash.digest('hex');
  if (archive.r2_checksum !== null && sha256Format.test(archive.r2_checksum) && sha256 !== archive.r2_checksum) {
    throw differs(archive, `has the SHA-256 ${sha256} and not ${archive.r2_checksum}`);
  }
}

function differs({ id, project_id }: Archive, how: string): ValetError {
  return new ValetError('archive_unproven', `What was read of archive ${id} of project ${project_id} ${how}.`, {
    hint: `Read it again; if that does not help, see what "valet archives verify ${id}" finds.`,
    details: { archive_id: id, project_id },
  });
}
