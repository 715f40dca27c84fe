import { randomBytes } from 'node:crypto';
import { access, open, rename, rm } from 'node:fs/promises';
import { asError, ValetError } from '../sdk/errors.js';
import { OwnError } from './failure/own-error.js';

/** @throws ValetError `request_invalid` */
export async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) {
    throw new ValetError('request_invalid', `${path} exists already.`, {
      hint: 'Choose another file, or give --force to replace it.',
    });
  }
}

/**
 * Writes beside the file and renames at the end, so that at `path` there is all of it or what was there before.
 *
 * @throws what the body throws; OwnError `output_failed`; ValetError `request_invalid` for a file that came in between
 */
export async function writeWholeFile(
  path: string,
  body: AsyncIterable<Uint8Array>,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const partly = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    // The owner's alone: it is somebody's data.
    const file = await open(partly, 'wx', 0o600);
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!replace) await refuseExisting(path);
    await rename(partly, path);
  } catch (thrown) {
    throw outputFailure(thrown, path);
  } finally {
    await rm(partly, { force: true });
  }
}

/** What the system says of a file, in our words; anything else as it is. */
export function outputFailure(thrown: unknown, path: string): unknown {
  const error = asError(thrown);
  if (!('syscall' in error)) return thrown;
  return new OwnError('output_failed', `${path} cannot be written: ${error.message}.`, { cause: error });
}
